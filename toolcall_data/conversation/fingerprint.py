"""Hashes of one conversation: its identity, and what counts as the same conversation after normalisation."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

import xxhash

from toolcall_data.conversation.canonical import to_json
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Assistant, Conversation, Result, User

_NOISE = re.compile(r"""\s+|[,.!?;:。、…"'“”‘’]+(?!\d)""")
_BORDER = "\0"


def content_key(conversation: Conversation) -> str:
    """32 hexadecimal digits that name the content, wherever it was read: the same content has the same key."""
    last = _Last.asked
    if last is None or last[0] is not conversation:
        last = _Last.asked = (conversation, key_of_json(to_json(conversation, with_origin=False)))
    return last[1]


class _Last:
    """The conversation that was asked of last: a report asks for each of its findings."""

    asked: tuple[Conversation, str] | None = None


def key_of_json(text: bytes) -> str:
    """The content's key from its canonical JSON without origin."""
    return xxhash.xxh3_128_hexdigest(text)


def normal_text(text: str) -> str:
    """Text without what does not change its meaning: width, case, white space, and punctuation not before a digit."""
    if text.isascii():
        return _NOISE.sub("", text.lower())
    # Normalising a text that is normal already costs a tenth, and usually these marks alone are wide.
    narrow = text.replace("，", ",").replace("？", "?").replace("！", "!").replace("：", ":")
    return _NOISE.sub("", unicodedata.normalize("NFKC", narrow).casefold())


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """64-bit hashes after normalisation.

    `prompt` is over all that the user says; `dialogue` over every message, calls by name and arguments, key order
    aside; `row` over the dialogue, the system prompt and the tools as written.
    """

    prompt: int
    dialogue: int
    row: int


def tools_as_text(conversation: Conversation) -> str:
    """The tools as one text: as written where they are a string, empty where there are none."""
    if not conversation.tools:
        return ""
    text = conversation.tools_text
    return encode([tool.raw for tool in conversation.tools]) if text is None else text


def fingerprints(conversation: Conversation, tools: str) -> Fingerprints:
    """All three, each text normalised once; `tools` is `tools_as_text`."""
    roles: list[str] = []
    said: list[str] = []
    answered: list[str] = []
    exact: list[str] = []
    for message in conversation.messages:
        roles.append(message.role[0])
        match message:
            case User():
                said.append(message.text)
            case Assistant():
                answered += (message.thinking or "", message.text)
                exact += (_normal_call(call.name, call.arguments, call.raw) for call in message.calls)
                roles.append(str(len(message.calls)))
            case Result():
                answered.append(message.content)
            case _:
                exact.append(encode(message.model_dump()))
    prompt = normal_text(_BORDER.join(said))
    answers = normal_text(_BORDER.join(answered))
    dialogue = _hash("".join(roles), prompt, answers, *exact)
    return Fingerprints(_hash(prompt), dialogue, _hash(str(dialogue), normal_text(conversation.system or ""), tools))


def _normal_call(name: str | None, arguments: object, raw: str) -> str:
    """A call in one spelling; one that could not be read stays as written."""
    if name is None:
        return raw
    return f"{name}{json.dumps(arguments, ensure_ascii=False, sort_keys=True)}"


def _hash(*pieces: str) -> int:
    return xxhash.xxh3_64_intdigest("\x1e".join(pieces).encode("utf-8", errors="surrogatepass"))
