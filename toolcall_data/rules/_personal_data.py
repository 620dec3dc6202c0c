"""Data of persons in text: Chinese identity numbers, telephone numbers, bank cards, addresses of mail and network.

Numbers count where their check digits hold; a number inside a longer one, an ISBN, a sample and a reserved address do
not. Every kind is looked for with one linear expression.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv4Address
from typing import Literal, TypeAlias

from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._secrets import may_hold_secret, secrets_in
from toolcall_data.rules._text_rule import pieces

Kind: TypeAlias = Literal["identity_number", "mobile", "bank_card", "email", "ip_address", "secret"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Data of a person in a text: the kind, where it stands, and what kind of secret it is, if any."""

    kind: Kind
    span: tuple[int, int]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sighted:
    """A sighting in a conversation: the JSON pointer of its text, and the text."""

    at: str
    text: str
    sighting: Sighting

    @property
    def value(self) -> str:
        return self.text[slice(*self.sighting.span)]


_DIGITS = re.compile(
    r"(?<![0-9A-Za-z.])(?:"
    r"(?P<identity>[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx])"
    r"|(?P<mobile>(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2})"
    r"|(?P<card>[2-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7})"
    r"|(?P<ip>[0-9]{1,3}(?:\.[0-9]{1,3}){3})"
    r")(?![0-9A-Za-z]|\.[0-9]|[ -][0-9]{3})"
)
_NUMBERS = re.compile(r"[0-9+][0-9Xx .+-]{6,}")
"""Where numbers stand: no number of `_DIGITS` reaches beyond such a stretch, and none is shorter than seven."""
_FEWEST_DIGITS = b"0" * 11
_POINTS = 3
_CLASSES = bytes(ord("0" if chr(byte) in "0123456789" else "." if byte == ord(".") else "x") for byte in range(256))
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})"
)
_SAMPLE_HOST = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|domain|company|yourcompany|email|mail|abc|xyz|xxx)\.[a-z.]{2,8}$|\.(?:example|test|invalid)$|\.(?:png|jpg|js|py)$",
    re.IGNORECASE,
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGIONS_WORDS = """
11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82
"""
_REGIONS = frozenset(_REGIONS_WORDS.split())
_SHORTEST_CARD = 15
_LEAST_VARIETY = 4
_SAMPLE_MOBILE = "00138000"
"""The end of 13800138000, the operator's own number, which stands in every example."""
_RUNS = ("0123456789" * 3, "9876543210" * 3)
_LONGEST_RUN = 8


def personal_data(text: str) -> list[Sighting]:
    """What a text holds of persons, in the order of the kinds; secrets come last."""
    data = text.encode("utf-8", "surrogatepass")
    secrets = [Sighting("secret", span, kind) for kind, span in secrets_in(text)] if may_hold_secret(data) else []
    found: list[Sighting] = []
    if _may_hold_number(data):
        numbers = ((_kind_of(number), number.span()) for number in _numbers_in(text))
        found += [Sighting(kind, span) for kind, span in numbers if kind is not None]
    if b"@" in data:
        found += [Sighting("email", mail.span()) for mail in _EMAIL.finditer(text) if not _is_sample(mail)]
    if not secrets:
        return found
    return [each for each in found if not any(_overlap(each, secret) for secret in secrets)] + secrets


def _may_hold_number(text: bytes) -> bool:
    """Whether eleven digits follow each other, blanks and hyphens aside, or a few with points between them.

    Most texts hold neither, and this costs a fiftieth of looking for the numbers themselves.
    """
    classes = text.translate(_CLASSES, b" -")
    return _FEWEST_DIGITS in classes or (b"0." in classes and _has_points(classes))


def _has_points(classes: bytes) -> bool:
    return b".0." in classes or b".00." in classes or b".000." in classes


def _numbers_in(text: str) -> Iterator[re.Match[str]]:
    for stretch in _NUMBERS.finditer(text):
        start, end = stretch.span()
        if end - start >= len(_FEWEST_DIGITS) or stretch[0].count(".") >= _POINTS:
            yield from _DIGITS.finditer(text, start, end + 1)


def _overlap(one: Sighting, other: Sighting) -> bool:
    return one.span[0] < other.span[1] and other.span[0] < one.span[1]


def personal_data_of(conversation: Conversation) -> Iterator[Sighted]:
    """What a conversation holds of persons, in its texts, its results and the calls of the model."""
    for piece in pieces(conversation):
        yield from (Sighted(piece.at, piece.text, found) for found in personal_data(piece.text))
    for call in conversation.calls:
        yield from (Sighted(call.at, call.raw, found) for found in personal_data(call.raw))


def counts_of(conversation: Conversation) -> Counter[Kind]:
    """How often each kind occurs in a row."""
    return Counter(found.sighting.kind for found in personal_data_of(conversation))


def _is_sample(mail: re.Match[str]) -> bool:
    return _SAMPLE_HOST.search(mail["host"]) is not None or mail[0].startswith("git@")


def _kind_of(number: re.Match[str]) -> Kind | None:
    match number.lastgroup:
        case "identity":
            return "identity_number" if is_identity_number(number[0]) else None
        case "mobile":
            return "mobile" if _is_random(_digits(number[0])[-8:]) else None
        case "card":
            digits = _digits(number[0])
            is_card = _SHORTEST_CARD <= len(digits) <= 19 and _is_random(digits) and is_luhn(digits)
            return "bank_card" if is_card else None
        case _:
            return "ip_address" if _is_public(number[0]) else None


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "").removeprefix("+")


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a Chinese identity number: a region, a birthday in the past, a check digit."""
    if text[:2] not in _REGIONS:
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return born <= date.today() and _CHECKS[total % 11] == text[17].upper()


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the one that Luhn's formula gives."""
    doubled = [int(each) * 2 if index % 2 else int(each) for index, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _is_random(digits: str) -> bool:
    """Whether digits look drawn and not typed for show: 13800138000 and 12345678 do not."""
    if len(set(digits)) < _LEAST_VARIETY or digits == _SAMPLE_MOBILE:
        return False
    return not any(
        digits[start : start + _LONGEST_RUN] in run for run in _RUNS for start in range(len(digits) - _LONGEST_RUN + 1)
    )


def _is_public(text: str) -> bool:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    return address.is_global and text not in _WELL_KNOWN


_WELL_KNOWN = frozenset(
    {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "114.114.114.114", "223.5.5.5", "1.2.3.4", "119.29.29.29"}
)
