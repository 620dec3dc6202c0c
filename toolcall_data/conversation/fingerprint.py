"""Hashes of one conversation: its identity, and what counts as the same conversation after normalisation."""

from __future__ import annotations

import json
import re
import unicodedata

import xxhash

from toolcall_data.conversation.canonical import to_json
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation, Result, User

_NOISE = re.compile(r"""\s+|[,.!?;:。、…"'“”‘’]+(?!\d)""")


def content_key(conversation: Conversation) -> str:
    """32 hexadecimal digits that name the content, wherever it was read: the same content has the same key."""
    return xxhash.xxh3_128_hexdigest(to_json(conversation, with_origin=False))


def normal_text(text: str) -> str:
    """Text without what does not change its meaning: width, case, white space, and punctuation not before a digit."""
    if text.isascii():
        return _NOISE.sub("", text.lower())
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def prompt_fingerprint(conversation: Conversation) -> int:
    """64 bits over all that the user says, normalised."""
    return _hash([normal_text(message.text) for message in conversation.messages if isinstance(message, User)])


def dialogue_fingerprint(conversation: Conversation) -> int:
    """64 bits over every message, normalised; calls by name and arguments, key order aside."""
    return _hash([_normal_message(message) for message in conversation.messages])


def row_fingerprint(conversation: Conversation, dialogue: int) -> int:
    """64 bits over the dialogue (its fingerprint), the system prompt and the tools as written."""
    tools = "".join(encode(tool.raw) for tool in conversation.tools)
    return _hash([str(dialogue), normal_text(conversation.system or ""), tools])


def _normal_message(message: AnyMessage) -> str:
    if isinstance(message, Assistant):
        calls = "".join(_normal_call(call.name, call.arguments) for call in message.calls)
        return f"a{normal_text(message.thinking or '')}\x1f{normal_text(message.text)}\x1f{calls}"
    if isinstance(message, Result):
        return f"t{normal_text(message.content)}"
    if isinstance(message, User):
        return f"u{normal_text(message.text)}"
    return f"o{encode(message.model_dump())}"


def _normal_call(name: str | None, arguments: object) -> str:
    return f"{name}{json.dumps(arguments, ensure_ascii=False, sort_keys=True)}"


def _hash(pieces: list[str]) -> int:
    return xxhash.xxh3_64_intdigest("\x1e".join(pieces).encode("utf-8", errors="surrogatepass"))
