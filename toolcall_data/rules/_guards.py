"""Conditions without which a family of rules cannot find anything: asked once, they spare the family its work.

Most are answered together by one pass over a conversation (`Facts`), or by looking for a few words in one of the texts
that this pass gathers (`Holds`). A guard is no second implementation: it may be true where nothing is wrong, and
`tests/rules/test_guards.py` proves over all samples and over made-up rows that no rule finds anything where its guard
is false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter

from toolcall_data.conversation.model import JSON, Assistant, Conversation, Result
from toolcall_data.rules._once import once

_REGULAR = re.compile(r"(?:u(?:ct)*a)*(?:u(?:ct)*c)?")
"""Questions, each with any number of calls and their results, and an answer; the row may end on a call."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LEAST_ENGLISH, _GLANCE = 35, 3
"""A dozen short words; characters that show at a glance that a text is no English."""

_LONG_RESULT = 8000


class Facts:
    """What one pass over a conversation shows; its flags are the guards of the same name below.

    Texts are joined by line breaks. `said` is all of it: system prompt, messages, thinking, calls as written and as
    read, results. `asked` is what system messages and the user say, `answers` what the model says beside thinking and
    calls, `spoken` both, `results` what tools return. `called` are the names of calls and `given` the strings in their
    arguments, both without case, and `given_names` all keys there.

    `pieces` are the system prompt and what each message says, calls aside; `talk` is their text. A malformed message
    says its content where that is a text, but nothing of the others. `values` has for each message with calls the place
    in `talk` where what came before it ends, and its arguments with every value in them.
    """

    __slots__ = (
        "answers",
        "answers_look_like_calls",
        "asked",
        "asks_after_call",
        "called",
        "given",
        "given_names",
        "gives_blank",
        "has_answer_in_english",
        "has_blank_text",
        "has_calls",
        "has_calls_but_no_tools",
        "has_linked_result",
        "has_long_result",
        "has_markup",
        "has_odd_call",
        "has_odd_or_parallel_calls",
        "has_odd_result",
        "has_padded_text",
        "has_parallel_calls",
        "has_parallel_calls_or_results",
        "has_result",
        "has_thinking",
        "is_irregular",
        "offers_tools",
        "order",
        "pieces",
        "repeats_tool",
        "results",
        "said",
        "spoken",
        "talk",
        "values",
    )

    def __init__(self, conversation: Conversation) -> None:
        self.has_odd_call = self.has_parallel_calls = False
        self.has_linked_result = self.has_odd_result = self.has_long_result = False
        is_blank = is_padded = has_thinking = has_english = False
        system = conversation.system or ""
        pieces = [system]
        order, asked, answers, results = list[str](), [system], list[str](), list[str]()
        written, names = list[str](), list[str]()
        self.values: list[tuple[int, list[JSON]]] = []
        end = len(system) + 1
        for message in conversation.messages:
            if message.role == "assistant":
                text = message.text
                calls = message.calls
                if text:
                    answers.append(text)
                    if text[:_GLANCE].isascii() and len(text) >= _LEAST_ENGLISH and _HAN.search(text) is None:
                        has_english = True
                if calls:
                    order.append("c")
                    self._take_calls(message, end, written, names)
                else:
                    order.append("a")
                    bare = text.strip()
                    is_padded = is_padded or len(bare) != len(text)
                    is_blank = is_blank or not bare
                if message.written is not None:
                    written.append(message.written)
                if message.thinking is not None:
                    has_thinking = True
                    text = f"{message.thinking}\n{text}" if message.thinking else text
            elif message.role == "tool":
                text = message.content
                order.append("t")
                results.append(text)
                self._take_result(message)
            elif message.role == "malformed":
                text = message.content if isinstance(message.content, str) else ""
                order.append("m")
            else:
                text = message.text
                order.append(message.role[0])
                asked.append(text)
                bare = text.strip()
                is_padded = is_padded or len(bare) != len(text)
                is_blank = is_blank or not bare
            pieces.append(text)
            end += len(text) + 1
        self.has_blank_text, self.has_padded_text = is_blank, is_padded
        self.has_thinking, self.has_answer_in_english = has_thinking, has_english
        self.order = letters = "".join(order)
        self.pieces = pieces
        self.talk = "\n".join(pieces)
        heard = self.talk if "m" not in letters else _without_malformed(pieces, letters)
        self.said = "\n".join([heard, *written])
        self.asked = "\n".join(asked)
        self.answers = replies = "\n".join(answers)
        self.spoken = f"{self.asked}\n{replies}"
        self.results = "\n".join(results)
        self._gather_values()
        self.called = "\n".join(names).casefold()
        self.has_calls = "c" in letters
        self.has_result = "t" in letters
        self.offers_tools = bool(conversation.tools)
        self.has_calls_but_no_tools = self.has_calls and not conversation.tools
        self.has_odd_or_parallel_calls = self.has_odd_call or self.has_parallel_calls
        self.has_parallel_calls_or_results = self.has_parallel_calls or "tt" in letters
        self.asks_after_call = 0 <= letters.find("c") < letters.rfind("u")
        self.repeats_tool = len(set(names)) < len(names) or "tt" in letters
        self.is_irregular = bool(conversation.problems) or not letters or not _is_regular(letters)
        self.has_markup = "<" in self.said
        self.answers_look_like_calls = (
            "<" in replies or '"name"' in replies or "[TOOL" in replies or "Action:" in replies
        )

    def _take_result(self, result: Result) -> None:
        if result.is_error is not None or not result.content.startswith('{"'):
            self.has_odd_result = True
        if len(result.content) > _LONG_RESULT:
            self.has_long_result = True
        if result.call_id is not None or result.name is not None:
            self.has_linked_result = True

    def _take_calls(self, message: Assistant, end: int, written: list[str], names: list[str]) -> None:
        if len(message.calls) > 1:
            self.has_parallel_calls = True
        values: list[JSON] = []
        for call in message.calls:
            if call.raw is not message.written:
                written.append(call.raw)
            values.append(call.arguments)
            names.append(call.name or "")
            if (
                call.error is not None
                or type(call.arguments) is not dict
                or call.duplicate_keys
                or call.not_finite
                or not call.name
            ):
                self.has_odd_call = True
        self.values.append((end, values))

    def _gather_values(self) -> None:
        """Add to the arguments what lies inside them; however deep that is, nothing recurses."""
        strings: list[str] = []
        keys: list[str] = []
        gives_blank = False
        for _, values in self.values:
            for value in values:
                if type(value) is str:
                    strings.append(value)
                    gives_blank = gives_blank or not value or value.isspace()
                elif type(value) is dict:
                    keys += value
                    values += value.values()
                elif type(value) is list:
                    values += value
        self.given = "\n".join(strings).casefold()
        self.given_names = "\n".join(keys)
        self.gives_blank = gives_blank


def _without_malformed(pieces: list[str], order: str) -> str:
    return "\n".join(text for text, letter in zip(pieces, f"s{order}", strict=True) if letter != "m")


@lru_cache(maxsize=4096)
def _is_regular(order: str) -> bool:
    return _REGULAR.fullmatch(order) is not None


facts: Callable[[Conversation], Facts] = once(Facts)
"""The facts of a conversation."""


class Fact:
    """A guard that is a flag of `Facts`: the checker reads all of these at once."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, conversation: Conversation) -> bool:
        found: bool = getattr(facts(conversation), self.name)
        return found


class Holds:
    """A guard that is true where a text of `Facts` holds what a pattern describes: `Holds(answers="https?:|www")`.

    Patterns are alternatives that each begin with a literal character: so one search tells of all guards about a text
    that none of them holds.
    """

    __slots__ = ("_searches", "patterns")

    def __init__(self, **patterns: str) -> None:
        self.patterns = patterns
        self._searches = [(attrgetter(name), re.compile(pattern).search) for name, pattern in patterns.items()]

    def among(self, found: Facts) -> bool:
        return any(search(text_of(found)) is not None for text_of, search in self._searches)

    def __call__(self, conversation: Conversation) -> bool:
        return self.among(facts(conversation))


class Screens:
    """Several guards that look for patterns, asked at once: one search a text spares most rows all others."""

    def __init__(self, guards: Sequence[Holds]) -> None:
        self._guards = guards
        self._nothing = [False] * len(guards)
        self._screens = [
            self._screen(name) for name in dict.fromkeys(name for each in guards for name in each.patterns)
        ]

    def _screen(self, name: str) -> tuple[Callable[[Facts], str], Callable[[str], object], list[int]]:
        concerned = [index for index, guard in enumerate(self._guards) if name in guard.patterns]
        pattern = "|".join(self._guards[index].patterns[name] for index in concerned)
        return attrgetter(name), re.compile(pattern).search, concerned

    def among(self, found: Facts) -> list[bool]:
        """The answer of each guard, in their order."""
        answers = self._nothing.copy()
        for text_of, search, concerned in self._screens:
            if search(text_of(found)) is not None:
                for index in concerned:
                    answers[index] = self._guards[index].among(found)
        return answers


class OfTools:
    """A guard that the tools alone decide: asked once for each list of tools, since sets repeat few of them."""

    __slots__ = ("ask",)

    def __init__(self, ask: Callable[[Conversation], bool]) -> None:
        self.ask = ask

    def __call__(self, conversation: Conversation) -> bool:
        return self.ask(conversation)


is_irregular = Fact("is_irregular")
"""Whether messages follow each other in any other way than question, calls with results, answer."""

has_odd_call = Fact("has_odd_call")
"""Whether a call is anything but a name with one object of arguments, each key once, all numbers finite."""

has_parallel_calls = Fact("has_parallel_calls")
"""Whether a message makes more than one call."""

has_odd_or_parallel_calls = Fact("has_odd_or_parallel_calls")
"""Whether there is anything but one plain call in a message."""

has_parallel_calls_or_results = Fact("has_parallel_calls_or_results")
"""Whether there is anything but one call and one result in a step."""

repeats_tool = Fact("repeats_tool")
"""Whether two calls have the same name, or two results stand together and may answer one call."""

asks_after_call = Fact("asks_after_call")
"""Whether the user says something after a call."""

gives_blank = Fact("gives_blank")
"""Whether an argument is a string without a character that shows."""

has_result = Fact("has_result")
"""Whether there is a result."""

has_odd_result = Fact("has_odd_result")
"""Whether a result says beside its text if it is an error, or does not begin as an object with a key does."""

has_long_result = Fact("has_long_result")
"""Whether a result has more than 8,000 characters."""

has_linked_result = Fact("has_linked_result")
"""Whether a result names its call or its tool."""

has_blank_text = Fact("has_blank_text")
"""Whether a question, a system message or an answer has no text."""

has_padded_text = Fact("has_padded_text")
"""Whether a question, a system message or an answer begins or ends with white space."""

has_answer_in_english = Fact("has_answer_in_english")
"""Whether an answer of some length begins in ASCII and has no Chinese character."""

has_thinking = Fact("has_thinking")
"""Whether the model thinks anywhere."""

has_markup = Fact("has_markup")
"""Whether any text has a `<`: without one there is no control token and no thought or call word in brackets."""

answers_look_like_calls = Fact("answers_look_like_calls")
"""Whether an answer has a word that every written call has."""

has_calls_but_no_tools = Fact("has_calls_but_no_tools")
"""Whether the row calls and offers nothing."""

offers_tools = Fact("offers_tools")
"""Whether the row offers any tool."""
