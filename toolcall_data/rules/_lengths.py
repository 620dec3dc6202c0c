"""How many tokens a row is, estimated by its characters: no tokenizer is at hand where rows are judged."""

from __future__ import annotations

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._descriptions import han_count
from toolcall_data.rules._turns import texts

PER_HAN, PER_OTHER = 0.7, 0.3
"""Tokens of a Chinese character and of any other, as the tokenizers of Qwen count on the average."""


def estimated_tokens(conversation: Conversation, *, more_than: int = 0) -> int:
    """The tokens of system prompt, tools and messages; 0 where they surely are not `more_than` that many."""
    tools = conversation.tools_text
    if tools is None:
        tools = encode([tool.raw for tool in conversation.tools]) if conversation.tools else ""
    parts = [tools, conversation.system or ""]
    for message in conversation.messages:
        parts += texts(message)
    return sum(map(_tokens, parts)) if sum(map(len, parts)) * PER_HAN > more_than else 0


def _tokens(text: str) -> int:
    han = han_count(text)
    return round(PER_HAN * han + PER_OTHER * (len(text) - han))
