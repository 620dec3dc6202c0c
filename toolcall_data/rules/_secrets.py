"""Credentials in text: the shapes that well-known services give their keys, and values that say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"(?P<openai>sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,200})"
    r"|(?P<aws>(?:AKIA|ASIA)[A-Z0-9]{16})"
    r"|(?P<aliyun>LTAI[A-Za-z0-9]{12,26})"
    r"|(?P<tencent>AKID[A-Za-z0-9]{32})"
    r"|(?P<github>gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,251})"
    r"|(?P<gitlab>glpat-[A-Za-z0-9_-]{20,64})"
    r"|(?P<huggingface>hf_[A-Za-z0-9]{30,64})"
    r"|(?P<google>AIza[A-Za-z0-9_-]{35})"
    r"|(?P<slack>xox[abprs]-[A-Za-z0-9-]{10,200})"
    r"|(?P<stripe>[rs]k_live_[A-Za-z0-9]{16,128})"
    r"|(?P<jwt>eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000})"
    r")(?![A-Za-z0-9_])"
    r"|(?P<private_key>-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----)"
    r"|(?P<url_password>\b[a-z][a-z0-9+]{1,15}://[^\s:/@]{1,64}:[^\s:/@]{3,64}@[A-Za-z0-9])"
)
_SIGNS = re.compile(
    rb"sk-[A-Za-z0-9_-]{20}|A[KS]IA[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12}|AKID[A-Za-z0-9]{32}|gh[pousr]_[A-Za-z0-9]{36}"
    rb"|github_pat_|glpat-|hf_[A-Za-z0-9]{30}|AIza[A-Za-z0-9_-]{35}|xox[abprs]-|k_live_|eyJ[A-Za-z0-9_-]{10}"
    rb"|PRIVATE KEY|://[^\s:/@]{1,256}:[^\s:/@]{3,256}@"
)
"""How each credential begins, after what stands before it: looking for these costs a tenth of looking for the whole.
A character is up to four bytes."""
_MADE_UP = re.compile(r"example|xxxx|1234567890|abcdefgh|your|placeholder|\*{3}", re.IGNORECASE)
_OWNERS = {
    "openai": "OpenAI",
    "aws": "AWS",
    "aliyun": "Alibaba Cloud",
    "tencent": "Tencent Cloud",
    "github": "GitHub",
    "gitlab": "GitLab",
    "huggingface": "Hugging Face",
    "google": "Google",
    "slack": "Slack",
    "stripe": "Stripe",
    "jwt": "JWT",
    "private_key": "PEM",
    "url_password": "URL",
}


def secrets_in(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each credential as whose it is (`OpenAI`, `AWS`, `JWT`, `PEM` ...) and its place; made-up ones are left out."""
    if may_hold_secret(text.encode("utf-8", "surrogatepass")):
        yield from _secrets_in(text)


def may_hold_secret(text: bytes) -> bool:
    """Whether it is worth looking for credentials in a text, given as UTF-8."""
    return _SIGNS.search(text) is not None


def _secrets_in(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for found in _SHAPES.finditer(text):
        if not _MADE_UP.search(found[0]) and len(set(found[0])) >= _LEAST_VARIETY:
            yield _OWNERS[found.lastgroup or ""], found.span()


_LEAST_VARIETY = 8
