"""What can be counted in one conversation: computed once, on the way into a corpus."""

from __future__ import annotations

import string
from dataclasses import dataclass

from toolcall_data.conversation.fingerprint import fingerprints, key_of_json, tools_as_text
from toolcall_data.conversation.model import Assistant, Conversation, Malformed, Result, User

_HAN_LEADS = bytes(range(0xE4, 0xEA))
_LATIN = string.ascii_letters.encode()


@dataclass(frozen=True, slots=True)
class Measures:
    """Facts of one conversation; the field names are the columns of a corpus.

    Characters are code points of text, thinking, results and the JSON of calls, without system prompt and tools.
    `cjk_share` is Han characters (U+4000 to U+9FFF) among those and ASCII letters, of user and assistant text; None
    where there are neither.
    """

    key: int
    """The first 64 bits of the content's key."""
    n_messages: int
    n_turns: int
    """User messages."""
    n_calls: int
    n_results: int
    n_tools: int
    max_parallel: int
    """The most calls in one assistant message."""
    has_thinking: bool
    has_system: bool
    n_characters: int
    n_system_characters: int
    n_tool_characters: int
    cjk_share: float | None
    prompt_fingerprint: int
    dialogue_fingerprint: int
    row_fingerprint: int


def measure(conversation: Conversation, text: bytes) -> Measures:
    """Count everything, reading the conversation once; `text` is its canonical JSON without origin."""
    turns = results = calls = most = characters = 0
    thinking = False
    spoken: list[str] = []
    for message in conversation.messages:
        match message:
            case User():
                turns += 1
                spoken.append(message.text)
                characters += len(message.text)
            case Assistant():
                calls += len(message.calls)
                most = max(most, len(message.calls))
                thinking = thinking or bool(message.thinking)
                spoken.append(message.text)
                characters += len(message.text) + len(message.thinking or "")
                characters += sum(len(call.raw) for call in message.calls)
            case Result():
                results += 1
                characters += len(message.content)
            case Malformed():
                pass
            case _:
                characters += len(message.text)
    tools = tools_as_text(conversation)
    hashes = fingerprints(conversation, tools)
    return Measures(
        key=int(key_of_json(text)[:16], 16),
        n_messages=len(conversation.messages),
        n_turns=turns,
        n_calls=calls,
        n_results=results,
        n_tools=len(conversation.tools),
        max_parallel=most,
        has_thinking=thinking,
        has_system=bool(conversation.system),
        n_characters=characters,
        n_system_characters=len(conversation.system or ""),
        n_tool_characters=len(tools),
        cjk_share=_cjk_share("".join(spoken)),
        prompt_fingerprint=hashes.prompt,
        dialogue_fingerprint=hashes.dialogue,
        row_fingerprint=hashes.row,
    )


def _cjk_share(text: str) -> float | None:
    """Counted on UTF-8 bytes, where every Han character starts with one of six bytes: no list of matches is made."""
    data = text.encode("utf-8", errors="replace")
    han = len(data) - len(data.translate(None, _HAN_LEADS))
    latin = len(data) - len(data.translate(None, _LATIN))
    return han / (han + latin) if han + latin else None
