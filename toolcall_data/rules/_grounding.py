"""Whether a value stands in what was said before: the texts of a conversation, normalised once, on request.

A value counts as held where a reader would find it: word for word, in another width or case or punctuation, as the
same amount in another unit, as the same day in another spelling, or by a true synonym.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._bilingual import SYNONYMS
from toolcall_data.rules._guards import facts
from toolcall_data.rules._numerals import Day, dates_in, narrow, numbers_in
from toolcall_data.rules._once import once

_NOISE = re.compile(r"[\W_]+")
_RELATIVE = re.compile(
    r"今天|今日|今晚|今早|明天|明日|明晚|明早|昨天|昨日|后天|前天|大后天|[上下本这今明去前后]一?个?(?:周|星期|礼拜|月|年|季度|周末)|[周]末"
    r"|(?:周|星期|礼拜)[一二三四五六日天]|刚才|现在|目前|当前|最近|过去|接下来|未来|[天周月年]后|[天周月年]内|[天周月年]前|春节|元旦|国庆|中秋|圣诞"
    r"|\b(?:today|tonight|tomorrow|yesterday|now|current|next|last|this|recent|weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """The texts of a conversation in order, the system prompt first; calls are no part of it.

    `pieces[0]` is the system prompt, `pieces[i + 1]` what message `i` says.
    """

    pieces: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        return "\n".join(self.pieces)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where each piece ends in `text`."""
        return tuple(accumulate(len(piece) + 1 for piece in self.pieces))

    @cached_property
    def folded(self) -> str:
        """All pieces without case, width, blanks and punctuation, one a line."""
        return "\n".join(self._folded)

    @cached_property
    def folded_ends(self) -> tuple[int, ...]:
        """Where each piece ends in `folded`."""
        return tuple(accumulate(len(piece) + 1 for piece in self._folded))

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(map(fold, self.pieces))

    @cached_property
    def numbers(self) -> tuple[frozenset[float], ...]:
        """The amounts that each piece names."""
        return tuple(map(numbers_in, self.pieces))

    @cached_property
    def dates(self) -> tuple[frozenset[Day], ...]:
        """The days that each piece names."""
        return tuple(map(dates_in, self.pieces))

    @cached_property
    def first_relative(self) -> int:
        """The first piece that names a time which only the day of the talk makes a date: 明天, 下周, last week."""
        return next((index for index, piece in enumerate(self.pieces) if _RELATIVE.search(piece)), len(self.pieces))


@dataclass(frozen=True)
class Context:
    """What was said before message number `before`, the system prompt included."""

    said: Said
    before: int
    latest: str = field(repr=False)
    """What the user said last."""
    asked: tuple[str, ...] = field(repr=False)
    """All that the user said."""

    def has(self, text: str) -> bool:
        """Whether these characters stand there as they are."""
        return self.said.text.find(text, 0, self.said.ends[self.before]) >= 0

    def has_folded(self, folded: str) -> bool:
        """Whether a folded text stands there in one piece."""
        return self.said.folded.find(folded, 0, self.said.folded_ends[self.before]) >= 0

    def has_amount(self, value: float) -> bool:
        """Whether an amount is named, in any unit that means the same."""
        wanted = round(value, 6)
        return any(wanted in numbers for numbers in self.said.numbers[: self.before + 1])

    @cached_property
    def text(self) -> str:
        return self.said.text[: self.said.ends[self.before]]

    @cached_property
    def user(self) -> str:
        """What the user said, the last of it where that is very much."""
        return "\n".join(self.asked)[-_MOST_OF_USER:]

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every amount that is named, in each unit that means the same."""
        return frozenset().union(*self.said.numbers[: self.before + 1])

    @property
    def is_relative(self) -> bool:
        """Whether a time is named that only the day of the talk makes a date."""
        return self.said.first_relative <= self.before

    def has_day(self, day: Day) -> bool:
        """Whether a day is named, with the year or without."""
        year, month, number = day
        return any(
            (month, number) == (m, d) and (year == y or 0 in (year, y))
            for dates in self.said.dates[: self.before + 1]
            for y, m, d in dates
        )


_MOST_OF_USER = 20_000


@once
def _contexts(conversation: Conversation) -> tuple[Said, dict[int, Context]]:
    """What is said, and the contexts asked for, by message."""
    return Said(tuple(facts(conversation).pieces)), {}


def context_of(conversation: Conversation, before: int) -> Context:
    """What was said before message number `before`; the same object as long as the same conversation is asked about."""
    said, contexts = _contexts(conversation)
    known = contexts.get(before)
    if known is None:
        asked = tuple(message.text for message in conversation.messages[:before] if message.role == "user")
        known = contexts[before] = Context(said, before, asked[-1] if asked else "", asked)
    return known


def fold(text: str) -> str:
    """Text without what two spellings of one value differ in: case, width, blanks and punctuation."""
    return _NOISE.sub("", narrow(text).casefold())


def holds_value(context: Context, value: str | int | float) -> bool:
    """Whether the context names this value, in any spelling that means the same."""
    if isinstance(value, str):
        return holds_text(context, value)
    return holds_number(context, value)


def holds_number(context: Context, value: int | float) -> bool:
    """Whether the context names this amount, in digits or words, in this unit or another."""
    if isinstance(value, bool) or value != value or abs(value) > 1e15:
        return True
    return named_in_digits(context, value) or context.has_amount(abs(float(value)))


def named_in_digits(context: Context, value: int | float) -> bool:
    """Whether the context has this amount in digits, with or without commas between thousands."""
    return is_in_digits(value, context.said.text, context.said.ends[context.before])


def is_in_digits(value: int | float, text: str, end: int) -> bool:
    """Whether a text has this amount in digits before a place, with or without commas between thousands."""
    return _stands_alone(f"{abs(value):.12g}", text, end) or _stands_alone(f"{abs(value):,}", text, end)


def _stands_alone(digits: str, text: str, end: int) -> bool:
    """Whether these digits stand there and are not part of longer ones."""
    start = 0
    while (start := text.find(digits, start, end)) >= 0:
        before, after = text[start - 1 : start], text[start + len(digits) : start + len(digits) + 2]
        if not before.isdigit() and before not in (".", ",") and not after[:1].isdigit() and not _goes_on(after):
            return True
        start += 1
    return False


def _goes_on(after: str) -> bool:
    """Whether a number goes on after these digits: `.5` or `,000`."""
    return after[:1] in (".", ",") and after[1:].isdigit()


def holds_text(context: Context, value: str) -> bool:
    """Whether the context has this text, or the same in another width, case or punctuation, or a true synonym."""
    if context.has(value):
        return True
    folded = fold(value)
    if not folded or context.has_folded(folded):
        return True
    if any(context.has_folded(word) for word in SYNONYMS.get(folded, ())):
        return True
    if folded.isdigit():
        return holds_number(context, int(folded[:16]))
    days = dates_in(value)
    return bool(days) and all(map(context.has_day, days))


def follows_from(value: float, numbers: frozenset[float]) -> bool:
    """Whether a number is the sum, difference, product, quotient or percentage of two others, to the digits it has.

    Of many numbers nothing can be said: nearly every value follows from some two of them.
    """
    if len(numbers) > _MOST_OPERANDS:
        return True
    near = max(0.006, abs(value) * 0.006)
    for one in numbers:
        if abs(one * 100 - value) <= near or abs(one / 100 - value) <= near:
            return True
        for other in numbers:
            results = (one + other, one - other, one * other, one * other / 100, one * (1 - other / 100))
            if any(abs(result - value) <= near for result in results):
                return True
            if other and (abs(one / other - value) <= near or abs(one / other * 100 - value) <= near):
                return True
    return False


_MOST_OPERANDS = 60
