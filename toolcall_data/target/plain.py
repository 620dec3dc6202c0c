"""A quick yes for the many rows that are as LLaMA-Factory wants them; what is not plain is not thereby wrong."""

from __future__ import annotations

import re
from functools import lru_cache

import orjson

from toolcall_data.conversation.model import JSON, AnyMessage, Conversation
from toolcall_data.target.outcome import EndedError
from toolcall_data.target.registration import Registration
from toolcall_data.target.templates import Template
from toolcall_data.target.tools import LOSES_BARE, print_all

_UNREAD_KEYS = frozenset({"tool_calls", "reasoning_content"})
_UNREAD_COLUMNS = frozenset({"system", "tools"})


def is_plain(conversation: Conversation, row: JSON, registration: Registration, template: Template) -> bool:
    """Whether a row that the sharegpt format has read surely trains as meant.

    Its parts must be what they are in a well-formed row: texts that alternate, calls of a name and an argument object
    in bare JSON, tools in a list of objects. Anything else says no, and is looked at closely.
    """
    if registration.formatting != "sharegpt" or registration.ranking or registration.kto_tag or template.counts_media:
        return False
    if registration.images or registration.videos or registration.audios or registration.messages not in row:
        return False
    if conversation.problems or not _UNREAD_COLUMNS.isdisjoint(conversation.extra):
        return False
    messages, written = conversation.messages, row[registration.messages]
    if len(written) != len(messages) and not _says_system(written, registration):
        return False
    if not messages or len(messages) % 2 or (template.folds_system and messages[0].role != "user"):
        return False
    for message in messages:
        if message.extra and not _UNREAD_KEYS.isdisjoint(message.extra):
            return False
    for message in messages[::2]:
        if message.role != "tool" and (message.role != "user" or "{{idx}}" in message.text):
            return False
    for message in messages[1::2]:
        if not _is_plain_answer(message, template):
            return False
    return not conversation.tools_text or _is_plain_list(conversation.tools_text, template.tools)


def _says_system(written: JSON, registration: Registration) -> bool:
    """Whether the first message, which is none of the conversation's, is a system prompt with a text."""
    first = written[0] if isinstance(written, list) and written else None
    return isinstance(first, dict) and isinstance(first.get(registration.content_tag), str)


def _is_plain_answer(message: AnyMessage, template: Template) -> bool:
    if message.role != "assistant":
        return False
    written, calls = message.written, message.calls
    if written is None:
        return True
    if message.text or message.thinking is not None or (len(calls) != 1 and template.calls == "glm4"):
        return False
    if "<tool_call>" in written:  # the reader takes these out, whatever words the template has
        return False
    if template.call_words[0] in written or template.thought_words[0] in written:
        return False
    return all(
        call.error is None
        and not call.duplicate_keys
        and not call.not_finite
        and not call.extra
        and call.name is not None
        and isinstance(call.arguments, dict)
        and (_SMALL.issuperset(map(type, call.arguments.values())) or not _HUGE.search(written))
        for call in calls
    )


_SMALL = frozenset({str, int, bool, type(None)})
"""Types of values that hold no float."""


_HUGE = re.compile(r"\d[eE]\+?\d{3}|\d{300}")
"""Numbers that may be too large for a float, which Python reads as infinity."""


@lru_cache(maxsize=1024)
def _is_plain_list(text: str, style: str | None) -> bool:
    """Whether a `tools` string is a list of objects that the tool format prints whole.

    A key that stands twice in an object is lost in reading, and its quotes with it.
    """
    if style is None:
        return text.strip() not in ("[]", "{}")
    try:
        tools = orjson.loads(text)
        quotes = orjson.dumps(tools).count(b'"')
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False
    if not isinstance(tools, list) or not tools or quotes != text.count('"'):
        return False
    try:
        print_all(tools, style, "")
    except EndedError:
        return False
    return style not in LOSES_BARE or all(tool.get("type") != "function" or "function" in tool for tool in tools)
