"""Merge what LLaMA-Factory allows only once: the results of one step into one observation.

Source: LLaMA-Factory 0.9.5, data/converter.py: human or observation and gpt or function_call must alternate strictly.
"""

from __future__ import annotations

from toolcall_data.conversation.model import Conversation
from toolcall_data.conversation.steps import ParallelResults as ParallelResults
from toolcall_data.conversation.steps import results_merged


def one_step_per_turn(conversation: Conversation, parallel_results: ParallelResults = "list") -> Conversation:
    """The conversation with results in a row merged into one, in the order of their calls where they name them.

    With `qwen` they are joined by the tags that LLaMA-Factory's Qwen templates put around one observation, so that
    the rendered text equals one tagged block a result; with `list` they become a JSON list.
    """
    return results_merged(conversation, parallel_results)
