"""What became of the user's values on their way into a call: judged once per conversation, for all rules that ask.

Every argument that the context does not hold gets exactly one verdict, so that exactly one rule speaks of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby, islice
from typing import Literal, TypeAlias

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._against_schema import broken_calls
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._bilingual import FALSE_FRIENDS, NAMES
from toolcall_data.rules._chinese import has_han
from toolcall_data.rules._grounding import Context, context_of, fold, holds_number, holds_text, is_in_digits
from toolcall_data.rules._guards import Facts, facts
from toolcall_data.rules._numerals import dates_in, iso_spelling
from toolcall_data.rules._once import once

Fate: TypeAlias = Literal["date", "address", "identifier", "name", "mistranslated", "drift", "number", "string"]


@dataclass(frozen=True, slots=True)
class Uncopied:
    """An argument that the context does not hold, what became of it, and what the context has instead.

    `original` is None where nobody can say what was meant; `is_sure` says that nothing else can have been meant.
    """

    argument: Argument
    fate: Fate
    original: str | None = None
    is_sure: bool = False
    because: str = ""


@once
def uncopied(conversation: Conversation) -> tuple[Uncopied, ...]:
    """The arguments, in order, that what was said before does not hold."""
    if not conversation.calls or _is_copied_word_for_word(facts(conversation)):
        return ()
    return tuple(islice(_judge(conversation), _MOST_FOUND))


_MOST_JUDGED, _MOST_FOUND = 2000, 100
"""More arguments than any call has: beyond them a row is no conversation, and comparing would take long."""


def has_uncopied(conversation: Conversation) -> bool:
    """Whether an argument stands nowhere in what was said before: the guard of the rules that say what became of it."""
    return bool(uncopied(conversation))


def _is_copied_word_for_word(found: Facts) -> bool:
    """Whether every value stands in what was said before as it is: nothing else need be known of most rows."""
    text = found.talk
    for end, values in found.values:
        for value in values:
            kind = type(value)
            if kind is str:
                if text.find(value, 0, end) < 0 and not _is_no_matter(value):
                    return False
            elif (kind is int or kind is float) and not _is_plainly_held(value, text, end):
                return False
    return True


def _is_plainly_held(value: int | float, text: str, end: int) -> bool:
    return value in (0, 1, -1) or (abs(value) <= _LARGEST and is_in_digits(value, text, end))


_LARGEST = 1e15


def _judge(conversation: Conversation) -> Iterator[Uncopied]:
    """The verdicts; of a value that its schema refuses, nobody needs to hear that it has no source either."""
    faulty = {(id(broken.call), found.pointer) for broken in broken_calls(conversation) for found in broken.violations}
    judged = arguments(conversation)[:_MOST_JUDGED]
    for (message, _), group in groupby(judged, key=lambda each: (each.message, id(each.call))):
        every = list(group)
        context = context_of(conversation, message)
        left = [each for each in every if not _is_held(each, context)]
        if left:
            for verdict in _verdicts(left, every, context):
                place = (id(verdict.argument.call), verdict.argument.at)
                if verdict.fate not in ("number", "string") or place not in faulty:
                    yield verdict


_ASCII_CODE = re.compile(r"[A-Z]{1,6}|[a-z]{2,3}|[a-z]{2}-[A-Za-z]{2,4}|[\W\d_]+")
_PLACES = frozenset(
    {"lat", "lon", "lng", "latitude", "longitude", "timestamp", "seed", "offset", "page", "temperature"}
)


def _is_held(argument: Argument, context: Context) -> bool:
    """Whether the context or the tool holds the value, or nobody could ask that it does."""
    value = argument.value
    if isinstance(value, str):
        if context.has(value) or _is_no_matter(value):
            return True
        if "@" in value:
            return value.casefold() in context.text.casefold()
        if _iso(argument, context) is not None:
            return False
        return holds_text(context, value) or _is_offered(argument)
    if isinstance(value, bool) or not isinstance(value, int | float) or value in (0, 1, -1):
        return True
    return argument.name.lower() in _PLACES or holds_number(context, value) or _is_offered(argument)


def _is_no_matter(value: str) -> bool:
    """Whether a text is too short or too much of a code for a user to say it."""
    return len(value.strip()) < 2 or _ASCII_CODE.fullmatch(value) is not None


def _is_offered(argument: Argument) -> bool:
    """Whether the schema itself names the value: as a choice, a default, or an example in its description."""
    schema = argument.schema
    if not schema:
        return False
    written = encode(argument.value)
    choices = schema.get("enum")
    if isinstance(choices, list) and written in {encode(choice) for choice in choices}:
        return True
    if "default" in schema and encode(schema["default"]) == written:
        return True
    said = schema.get("description")
    if not isinstance(said, str):
        return False
    bare = str(argument.value)
    return (
        bare in said
        if isinstance(argument.value, str)
        else re.search(rf"(?<![\d.]){re.escape(bare)}(?![\d.])", said) is not None
    )


def _verdicts(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """One verdict for each argument left, in their order; some have none."""
    found: dict[str, Uncopied] = {}
    for judge in (_numbers, _dates, _addresses, _identifiers, _names, _words, _drifts, _strings):
        waiting = [each for each in left if each.at not in found]
        if not waiting:
            break
        found |= {verdict.argument.at: verdict for verdict in judge(waiting, every, context)}
    for each in left:
        if each.at in found and found[each.at].because != _EXCUSED:
            yield found[each.at]


_EXCUSED = "excused"


def _iso(argument: Argument, context: Context) -> str | None:
    """The ISO spelling that the context has of a Chinese date, unless the tool asks for the Chinese one."""
    if "月" not in argument.value or "年" in str(argument.schema.get("description", "")):
        return None
    return iso_spelling(argument.value, context.text)


def _numbers(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    yield from (Uncopied(each, "number") for each in left if not isinstance(each.value, str))


_TIME = re.compile(
    r"(?=[^A-Za-z]*[0-9一二三四五六七八九十])[\d\s年月日号点时分秒上下午早晚中本今明前后周星期天一二三四五六七八九十整半:：/.\-TZ+]+(?:\s?[AaPp][Mm])?"
)


def _dates(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """Times: a day that the user wrote otherwise is a rewriting, one that follows from 明天 is an inference."""
    for each in left:
        value = str(each.value)
        if (iso := _iso(each, context)) is not None:
            yield Uncopied(each, "date", iso, True)
        elif len(value) <= 40 and _TIME.fullmatch(value):
            is_invented = bool(dates_in(value)) and not context.is_relative
            yield Uncopied(each, "string", because="" if is_invented else _EXCUSED)


_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_URL = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9][^\s<>\"'，。；、）)】》”’\u4e00-\u9fff]{2,300}|(?<![A-Za-z0-9@.])[a-z0-9-]{2,63}(?:\.[a-z]{2,10}){1,2}/[^\s，。]{1,200}"
)
_BROKEN_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,80}")
_BROKEN_URL = re.compile(r"(?:https?://|www\.)\S+")


def _addresses(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """E-mail and web addresses that got Chinese characters, where the ASCII one stands in the context."""
    for broken, whole in ((_BROKEN_EMAIL, _EMAIL), (_BROKEN_URL, _URL)):
        damaged = [each for each in left if has_han(str(each.value)) and broken.fullmatch(str(each.value))]
        if damaged:
            said = list(dict.fromkeys(found.rstrip(".,;") for found in whole.findall(context.text)))
            copied = {each.value for each in every if isinstance(each.value, str)}
            free = [address for address in said if address not in copied]
            for each in damaged:
                if said and len(free) <= 1:
                    yield Uncopied(each, "address", free[0] if free and len(damaged) == 1 else None, bool(free))
                elif said:
                    yield Uncopied(each, "address", _alike(str(each.value), free))


def _alike(value: str, free: list[str]) -> str | None:
    """The one address that shares the ASCII end or beginning of the damaged one."""
    tail = re.split(r"[^\x00-\x7f]+", value)[-1]
    fitting = [address for address in free if len(tail) > 3 and address.endswith(tail)]
    return fitting[0] if len(fitting) == 1 else None


_QUOTED = re.compile(r"[“\"'‘`「『]([A-Za-z][A-Za-z0-9_.-]{2,60})[”\"'’`」』]")
_CODE_WORD = re.compile(r"[A-Za-z]+(?:[0-9_]+[A-Za-z0-9_]*|[a-z]+(?:[A-Z][a-z]+)+)|[a-z]+[A-Z][A-Za-z]*")
_DIGITS = re.compile(r"[0-9]+")


def _identifiers(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """Names of programs, files and accounts that the user quoted and the call translates."""
    copied = {each.value for each in every if isinstance(each.value, str)}
    quoted = [word for word in _QUOTED.findall(context.latest) if _CODE_WORD.fullmatch(word) and word not in copied]
    free = list(dict.fromkeys(quoted))
    translated = [each for each in left if 2 <= len(str(each.value)) <= 30 and has_han(str(each.value))]
    if not free or not translated:
        return
    for digits in dict.fromkeys(_ending_digits(word) for word in free):
        words = [word for word in free if _ending_digits(word) == digits]
        fitting = [each for each in translated if _ending_digits(str(each.value)) == digits]
        if len(words) == len(fitting) and (digits or len(translated) <= len(free)):
            sure = len(words) == 1
            yield from (Uncopied(each, "identifier", word, sure) for each, word in zip(fitting, words, strict=True))


def _ending_digits(text: str) -> str:
    found = _DIGITS.findall(text)
    return found[-1] if found and text.endswith(found[-1]) else ""


_LATIN_NAME = re.compile(r"(?<![A-Za-z])[A-Z][a-z]*(?:[ .]{0,2}[A-Z][a-z]*)*")
_PARTS_OF_NAME = re.compile(r"[·•・.\s]+")


def _names(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """Latin names that the call writes in Chinese characters."""
    waiting = [each for each in left if has_han(str(each.value)) and len(str(each.value)) <= 20]
    if not waiting or _LATIN_NAME.search(context.user) is None:
        return
    said = list(dict.fromkeys(_LATIN_NAME.findall(context.user)))
    for each in waiting:
        parts = [part for part in _PARTS_OF_NAME.split(str(each.value)) if part]
        latin = [NAMES.get(part) if has_han(part) else part for part in parts]
        known = [part for part in latin if part]
        fitting = [name for name in said if known and all(fold(part) in fold(name) for part in known)]
        if fitting and len(known) == len(latin):
            yield Uncopied(each, "name", fitting[0], len(fitting) == 1)
        elif fitting and len(parts) > 1:
            yield Uncopied(each, "name", fitting[0])


def _words(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """Words for another sense of the English word that the user's word stands for."""
    for each in left:
        for english, others in FALSE_FRIENDS.get(str(each.value).strip(), ()):
            said = next((word for word in others if len(word) > 1 and word in context.user), None)
            if said is not None:
                yield Uncopied(each, "mistranslated", said, because=english)
                break


_SENTENCE = re.compile(r"[^。！？!?\n“”\"「」『』；;]{6,300}[。！？!?]?")
_QUOTE = re.compile(r"[“「『\"]([^”」』\"\n]{6,400})[”」』\"]")
_SHORTEST, _LONGEST_SPAN = 8, 400
_MOST_SPANS = 40
_NEAR, _CLOSE = 0.6, 0.75


def _drifts(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    """Long values that nearly repeat what the user wrote."""
    for each in left[:_MOST_SPANS]:
        value = str(each.value)
        if _SHORTEST <= len(value) <= _LONGEST_SPAN:
            span, ratio = _nearest_span(value, context)
            if span is not None and ratio >= (_NEAR if len(value) >= 15 else _CLOSE):
                yield Uncopied(each, "drift", span)


def _nearest_span(value: str, context: Context) -> tuple[str | None, float]:
    """The span of the user's words most like the value, and how alike they are."""
    best, most = None, 0.0
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(value)
    for span in _spans(context.user):
        matcher.set_seq1(span)
        if matcher.real_quick_ratio() > most and matcher.quick_ratio() > most and (ratio := matcher.ratio()) > most:
            best, most = span, ratio
    return best, most


@lru_cache(maxsize=16)
def _spans(text: str) -> tuple[str, ...]:
    """What may have been meant to be copied: quoted texts, addresses, lines and sentences."""
    spans: Iterable[str] = [
        *_QUOTE.findall(text),
        *_EMAIL.findall(text),
        *(found[0].strip() for found in _SENTENCE.finditer(text)),
        *(line.strip() for line in text.split("\n") if 6 <= len(line.strip()) <= _LONGEST_SPAN),
    ]
    return tuple(dict.fromkeys(spans))[-_MOST_SPANS:]


_COMPOSED_WORDS = """
message content body text description summary reason note notes code sql prompt comment comments feedback
query keywords keyword q search_query search_term expression equation formula topic details instructions
script command feedback_text caption html url path input question context user_input search regex pattern
"""
_COMPOSED = frozenset(_COMPOSED_WORDS.split())
"""Arguments that a model words itself."""


def _strings(left: list[Argument], every: list[Argument], context: Context) -> Iterator[Uncopied]:
    for each in left:
        if each.name.lower() not in _COMPOSED and not _is_partly_held(str(each.value), context):
            yield Uncopied(each, "string")


_LONGEST_NAME = 40


def _is_partly_held(value: str, context: Context) -> bool:
    """Whether half of a text stands in the context in one piece, or it is a text that nobody could have named."""
    folded = fold(value)
    if len(folded) < 2 or len(value) > _LONGEST_NAME:
        return True
    if not has_han(value):
        words = re.findall(r"[a-z]+|[0-9]+", value.lower())
        return any(len(word) > 2 and context.has_folded(word) for word in words) or has_han(context.user)
    size = (len(folded) + 1) // 2 if len(folded) > 2 else 2
    return any(context.has_folded(folded[start : start + size]) for start in range(len(folded) - size + 1))
