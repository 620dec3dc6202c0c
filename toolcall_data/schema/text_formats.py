"""The `format` keywords that are judged, each leniently: what real APIs take, not only what the RFC allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s?(?:[zZ]|[+-]\d{2}:?\d{2})?", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_EMAIL = re.compile(rf"[^@\s\"(),:;<>\[\]\\]+@{_LABEL}(?:\.{_LABEL})+", re.IGNORECASE)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:/{0,3}[^\s/]\S*", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_date(text: str) -> bool:
    """`2024-05-01`: a day that exists."""
    try:
        return len(text) == 10 and text[4] == text[7] == "-" and bool(date.fromisoformat(text))
    except ValueError:
        return False


def is_time(text: str) -> bool:
    """`10:00`, `10:00:30` or with a zone: seconds and zone may be left out, unlike in RFC 3339."""
    match = _TIME.fullmatch(text)
    if match is None:
        return False
    try:
        time(int(match[1]), int(match[2]), min(int(match[3] or 0), 59))
    except ValueError:
        return False
    return True


def is_date_time(text: str) -> bool:
    """A day and a time of day, parted by `T` or a space."""
    return len(text) > 11 and text[10] in "Tt " and is_date(text[:10]) and is_time(text[11:])


def is_email(text: str) -> bool:
    """An ASCII address; `idn-email` is the format for others."""
    return text.isascii() and _EMAIL.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """A scheme and anything but blanks after it; letters beyond ASCII may stand there."""
    return _URI.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def is_ipv4(text: str) -> bool:
    try:
        return bool(IPv4Address(text)) or True
    except AddressValueError:
        return False


def is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text)) or True
    except AddressValueError:
        return False


def _anything(text: str) -> bool:
    return True


JUDGED: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "time": is_time,
    "date-time": is_date_time,
    "email": is_email,
    "uri": is_uri,
    "uuid": is_uuid,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
}
"""Format names with the test of a string; every other format is an annotation only."""

_LEFT_ALONE = (
    "duration",
    "hostname",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri-reference",
    "uri-template",
)
CHECKERS: dict[str, Callable[[str], bool]] = {**dict.fromkeys(_LEFT_ALONE, _anything), **JUDGED}
"""What the validator is given: the formats judged here, and a yes to those that it would otherwise judge itself."""

SAMPLES = {
    "date": "2024-05-01",
    "time": "09:30",
    "date-time": "2024-05-01T09:30:00Z",
    "email": "name@example.com",
    "uri": "https://example.com/page",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
"""One value of each judged format, for hints."""
