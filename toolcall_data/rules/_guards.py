"""Conditions without which a family of rules cannot find anything: asked once, they spare the family its work.

Most are answered together by one pass over a conversation (`Facts`). A guard is no second implementation: it may be
true where nothing is wrong, and `tests/rules/test_guards.py` proves over all samples and over made-up rows that no rule
finds anything where its guard is false.
"""

from __future__ import annotations

import re
from functools import lru_cache

from toolcall_data.conversation.model import Call, Conversation

_REGULAR = re.compile(r"(?:u(?:ct)*a)*(?:u(?:ct)*c)?")
"""Questions, each with any number of calls and their results, and an answer; the row may end on a call."""


class Facts:
    """What one pass over a conversation shows; its flags are the guards of the same name below.

    `said` is every text of it joined by line breaks: system prompt, messages, thinking, calls as written and as read,
    results. `answers` are the texts of assistant messages without calls. Malformed messages have no text.
    """

    __slots__ = (
        "answers",
        "answers_look_like_calls",
        "has_blank_text",
        "has_calls",
        "has_calls_but_no_tools",
        "has_linked_result",
        "has_markup",
        "has_odd_call",
        "has_odd_or_parallel_calls",
        "has_parallel_calls",
        "has_result",
        "is_irregular",
        "offers_tools",
        "order",
        "said",
    )

    def __init__(self, conversation: Conversation) -> None:
        has_blank = self.has_linked_result = self.has_odd_call = self.has_parallel_calls = False
        order: list[str] = []
        said = [conversation.system or ""]
        answers: list[str] = []
        for message in conversation.messages:
            if message.role == "assistant":
                text = message.text
                said.append(text)
                if message.thinking is not None:
                    said.append(message.thinking)
                if message.written is not None:
                    said.append(message.written)
                if message.calls:
                    order.append("c")
                    self._take(message.calls, message.written, said)
                else:
                    order.append("a")
                    answers.append(text)
                    has_blank = has_blank or not text or text.isspace()
            elif message.role == "tool":
                order.append("t")
                said.append(message.content)
                if message.call_id is not None or message.name is not None:
                    self.has_linked_result = True
            elif message.role == "malformed":
                order.append("m")
            else:
                text = message.text
                order.append(message.role[0])
                said.append(text)
                has_blank = has_blank or not text or text.isspace()
        self.order = letters = "".join(order)
        self.said = everything = "\n".join(said)
        self.answers = replies = "\n".join(answers)
        self.has_blank_text = has_blank
        self.has_calls = "c" in letters
        self.has_result = "t" in letters
        self.offers_tools = bool(conversation.tools)
        self.has_calls_but_no_tools = self.has_calls and not conversation.tools
        self.has_odd_or_parallel_calls = self.has_odd_call or self.has_parallel_calls
        self.is_irregular = bool(conversation.problems) or not letters or not _is_regular(letters)
        self.has_markup = "<" in everything
        self.answers_look_like_calls = (
            "<" in replies or '"name"' in replies or "[TOOL" in replies or "Action:" in replies
        )

    def _take(self, calls: tuple[Call, ...], written: str | None, said: list[str]) -> None:
        if len(calls) > 1:
            self.has_parallel_calls = True
        for call in calls:
            if call.raw is not written:
                said.append(call.raw)
            if (
                call.error is not None
                or type(call.arguments) is not dict
                or call.duplicate_keys
                or call.not_finite
                or not call.name
            ):
                self.has_odd_call = True


@lru_cache(maxsize=4096)
def _is_regular(order: str) -> bool:
    return _REGULAR.fullmatch(order) is not None


class _Last:
    """The conversation judged last: every guard asks for it one after the other."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: tuple[Conversation | None, Facts] = (None, Facts(Conversation()))


_LAST = _Last()


def facts(conversation: Conversation) -> Facts:
    """The facts of a conversation, remembered for the one asked about last."""
    known, found = _LAST.known
    if known is not conversation:
        found = Facts(conversation)
        _LAST.known = (conversation, found)
    return found


class Fact:
    """A guard that is a flag of `Facts`: the checker reads all of these at once."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, conversation: Conversation) -> bool:
        found: bool = getattr(facts(conversation), self.name)
        return found


is_irregular = Fact("is_irregular")
"""Whether messages follow each other in any other way than question, calls with results, answer."""

has_odd_call = Fact("has_odd_call")
"""Whether a call is anything but a name with one object of arguments, each key once, all numbers finite."""

has_parallel_calls = Fact("has_parallel_calls")
"""Whether a message makes more than one call."""

has_odd_or_parallel_calls = Fact("has_odd_or_parallel_calls")
"""Whether there is anything but one plain call in a message."""

has_result = Fact("has_result")
"""Whether there is a result."""

has_linked_result = Fact("has_linked_result")
"""Whether a result names its call or its tool."""

has_blank_text = Fact("has_blank_text")
"""Whether a question, a system message or an answer has no text."""

has_markup = Fact("has_markup")
"""Whether any text has a `<`: without one there is no control token and no thought or call word in brackets."""

answers_look_like_calls = Fact("answers_look_like_calls")
"""Whether an answer has a word that every written call has."""

has_calls_but_no_tools = Fact("has_calls_but_no_tools")
"""Whether the row calls and offers nothing."""

offers_tools = Fact("offers_tools")
"""Whether the row offers any tool."""
