"""ShareGPT rows in other spellings than LLaMA-Factory's: other keys and roles, and pairs of human and assistant.

Rows with LLaMA-Factory's own keys are read as `sharegpt`, where foreign roles are findings: the trainer drops them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.model import JSON, AnyMessage, Conversation, Origin, Problem, Tool
from toolcall_data.formats._calls import tools_of_list
from toolcall_data.formats.base import Format
from toolcall_data.formats.sharegpt import ALIASES, Columns, Meaning, ShareGPT, Tags, message_of

_KEYS = ("conversations", "conversation", "dialog", "dialogue", "messages")
_ROLE_KEYS = ("from", "role")
_TEXT_KEYS = ("value", "content", "text")
_PAIR = ("human", "assistant")
_LOOKED_AT = 8
_READ_ELSEWHERE = {("conversations", "from", "value"), ("messages", "from", "value")}


class ShareGPTVariants(Format):
    """Messages under `conversation` or `dialog`, with `role` and `text`, with roles such as `Human` and `bot`."""

    name = "sharegpt_variants"
    title = (
        "ShareGPT in other spellings: conversation, dialog, role, content, text, Human, bot, or human/assistant pairs"
    )
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "conversation": [
            {"role": "Human", "text": "上海今天多少度？"},
            {"role": "function-call", "text": '{"name": "get_temperature", "arguments": {"city": "上海"}}'},
            {"role": "function_response", "text": '{"celsius": 21}'},
            {"role": "bot", "text": "上海今天 21 度。"},
        ],
        "tools": [
            {
                "name": "get_temperature",
                "description": "查询气温",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string", "description": "城市"}},
                    "required": ["city"],
                },
            }
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        if "task_instruction" in row:
            return None
        key = _messages_key(row)
        if key is None:
            return None
        if _is_pairs(row[key]):
            return f"`{key}` holds pairs of `human` and `assistant`"
        role, text = _spelling(row[key])
        is_elsewhere = (key, role, text) in _READ_ELSEWHERE or (key == "messages" and role == "role")
        if is_elsewhere or not role or not text or not _has_known_roles(row[key], role):
            return None
        return f"`{key}` holds messages with `{role}` and `{text}`"

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        key = _messages_key(row) or "conversations"
        if _is_pairs(row.get(key)):
            return _of_pairs(row, key, origin)
        return _reader(key, *_spelling(row.get(key))).read(row, origin)


def _messages_key(row: Mapping[str, JSON]) -> str | None:
    return next((key for key in _KEYS if isinstance(row.get(key), list) and row[key]), None)


def _is_pairs(messages: JSON) -> bool:
    first = messages[0] if isinstance(messages, list) and messages else None
    return isinstance(first, dict) and all(key in first for key in _PAIR)


def _spelling(messages: JSON) -> tuple[str, str]:
    """The keys of role and text, as the first message has them; an empty string where it has none."""
    first = next((item for item in messages if isinstance(item, dict)), {}) if isinstance(messages, list) else {}
    role = next((key for key in _ROLE_KEYS if key in first), "")
    return role, next((key for key in _TEXT_KEYS if key in first), "")


def _has_known_roles(messages: list[JSON], role: str) -> bool:
    tags = [item.get(role) for item in messages[:_LOOKED_AT] if isinstance(item, dict)]
    return all(isinstance(tag, str) and tag.strip().lower() in ALIASES for tag in tags)


@lru_cache(maxsize=64)
def _reader(key: str, role: str, text: str) -> ShareGPT:
    return _AnyRole(Columns(messages=key), Tags(role_tag=role or "from", content_tag=text or "value"))


class _AnyRole(ShareGPT):
    """Sharegpt with every known spelling of a role, and tools as a list just as well."""

    def _meaning(self, tag: str) -> Meaning | None:
        return ALIASES.get(tag.strip().lower())

    def _tools(self, row: Mapping[str, JSON], problems: list[Problem]) -> tuple[tuple[Tool, ...], str | None]:
        found = row.get("tools")
        return (tools_of_list(found), None) if isinstance(found, list) else super()._tools(row, problems)


def _of_pairs(row: Mapping[str, JSON], key: str, origin: Origin) -> Conversation:
    """A row of pairs, read through the same messages written one by one, with the places of the pairs."""
    messages: list[AnyMessage] = []
    for index, pair in enumerate(row[key]):
        for side in _PAIR:
            messages += _side(pair, side, item_at(key, index))
    rest = _reader("conversations", "from", "value").read({**row, "conversations": []}, origin)
    extra = {name: value for name, value in rest.extra.items() if name != key}
    return rest.model_copy(update={"messages": tuple(messages), "extra": extra})


def _side(pair: JSON, side: str, at: str) -> list[AnyMessage]:
    found = pair.get(side) if isinstance(pair, dict) else pair
    if isinstance(found, str):
        meaning = ALIASES[side]
        return [message_of(meaning, found, at=at, value_at=f"{at}/{side}", extra={})]
    (message,) = _reader("pairs", "from", "value").read({"pairs": [{"from": side, "value": found}]}, Origin()).messages
    return [message.model_copy(update={"at": at, "value_at": f"{at}/{side}"})]
