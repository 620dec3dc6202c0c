"""conv.starts_not_user: a row that begins with the model or a result."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import a_message
from toolcall_data.rules.base import Finding, Rule


class ConvStartsNotUser(Rule):
    """A conversation must begin with the user.

    What it does:
        Reports a row whose first message, after the system message, is an answer, a call or a result.

    Why it matters:
        LLaMA-Factory drops a row that begins with the model (`Invalid role tag`). One that begins with a result is
        trained as if the prompt began with a tool's output.

    Example:
        A greeting `你好，有什么可以帮你？` of the model before the user has said a word.

    What to do:
        Move a greeting into the system prompt or cut it off; put the lost question before a result.
    """

    code = "TC205"
    name = "conv.starts_not_user"
    only_if = staticmethod(is_irregular)
    good = (FINE,)
    bad = (
        chat(gpt("你好，有什么可以帮你？"), human("再见"), gpt("再见！")),
        row(observation({"text": "晴"}), gpt("晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        first = next((message for message in conversation.messages if message.role != "system"), None)
        if first is None or first.role == "user" or (first.role == "malformed" and first.reason == "unknown_role"):
            return
        if first.role != "malformed" or first.side == "model" or first.meant == "tool":
            yield self.on_message(first, f"the conversation begins with {a_message(first)}", role=True)
