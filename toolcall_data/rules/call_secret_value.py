"""call.secret_value: a key or a password in a call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules._guards import Holds
from toolcall_data.rules.base import Finding, Rule, Severity

_LOGIN = tool("login", user={"type": "string"}, password={"type": "string"}, api_key={"type": "string"})

_KEYS = {
    "AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "OpenAI": r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,}",
    "GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,})",
    "GitLab": r"\bglpat-[A-Za-z0-9_-]{20}",
    "Hugging Face": r"\bhf_[A-Za-z]{30,}",
    "Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "Google": r"\bAIza[0-9A-Za-z_-]{35}",
    "Stripe": r"\b[rs]k_live_[A-Za-z0-9]{20,}",
    "Alibaba Cloud": r"\bLTAI[0-9A-Za-z]{12,24}\b",
    "Tencent Cloud": r"\bAKID[0-9A-Za-z]{32}\b",
    "JWT": r"(?<![\w-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "PEM": r"-----BEGIN (?:[A-Z]{1,12} ){0,3}PRIVATE KEY-----",
}
_KEY = re.compile("|".join(f"({pattern})" for pattern in _KEYS.values()))
_KINDS = tuple(_KEYS)
_MARKS = (
    "AKIA",
    "ASIA",
    "sk-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "hf_",
    "xox",
    "AIza",
    "k_live_",
    "LTAI",
    "AKID",
    "eyJ",
    "-----BEGIN",
)
"""Every key has one of these; most values have none, and are not searched."""
_MADE_UP = re.compile(r"example|xxxx|1234567890|abcdefgh|your|placeholder|\*{3}", re.IGNORECASE)
_PASSWORD = re.compile(r"(?:.*_)?(?:password|passwd|passphrase|pwd)|.*(?:Password|Passwd)|(?:.*_)?(?:密码|口令)")
_MAY_HOLD_SECRET = Holds(given="|".join(map(str.casefold, _MARKS)), given_names="assw|passphrase|pwd|密码|口令")
_BLANK = re.compile(r"[*•●xX.]*|<.*>|\[.*\]|\{+.*\}+|\$\{.*\}|your.*", re.IGNORECASE | re.DOTALL)


class CallSecretValue(Rule):
    """No call may hold a secret.

    What it does:
        Reports a value that has the form of a real key: of AWS, OpenAI, GitHub, GitLab, Hugging Face, Slack, Google,
        Stripe, Alibaba Cloud and Tencent Cloud, a JSON web token, or a private key. Keys from documentation
        (`…EXAMPLE`) are left out. An argument called `password`, `密码` and the like that holds anything concrete is a
        warning: it may be made up.

    Why it matters:
        The secret becomes part of the model, which gives it to whoever asks well enough. If it is real, it is public
        from the day the set or the model is.

    Example:
        `{"api_key": "sk-…"}` with a real key.

    What to do:
        Replace it by one made-up value in the whole row, and withdraw the real one. Better let the tool read secrets
        from its own settings.
    """

    chinese = """调用里不能有密钥。

    检查什么：
        参数值具有真实密钥的形式：AWS、OpenAI、GitHub、GitLab、Hugging Face、Slack、Google、Stripe、阿里云、
        腾讯云的密钥，JSON Web Token，私钥。
        文档里的示例密钥（`…EXAMPLE`）除外。名为 `password`、`密码` 等的参数写了具体内容时只是警告：它可能是编的。

    为什么重要：
        密钥会成为模型的一部分，谁会问，模型就可能说给谁。如果它是真的，数据或模型公开之日就是它泄露之时。

    例子：
        `{"api_key": "sk-…"}`，而且是真的密钥。

    怎么办：
        整行统一换成一个编造的值，并作废真的密钥。更好的办法是让工具自己从配置里读取密钥。
    """
    code = "TC433"
    name = "call.secret_value"
    looks_at = "calls"
    only_if = staticmethod(_MAY_HOLD_SECRET)
    good = (FINE, asked(_LOGIN, user="lin", password="******"), asked(_LOGIN, user="lin", api_key="<your key>"))
    bad = (
        asked(_LOGIN, user="lin", api_key="sk-" + "Q7rT2mZ9" * 4),
        asked(_LOGIN, user="lin", password="hupo-1987"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in arguments(conversation):
            if type(found.value) is not str or len(found.value) < 4:
                continue
            if kind := _kind(found.value):
                text = Prose(
                    f"`{found.name}` holds what looks like a key ({kind})", f"`{found.name}` 里像是密钥（{kind}）"
                )
                yield self.on_call(conversation, found.call, text, inside=found.at)
            elif _is_password(found):
                text = Prose(f"`{found.name}` holds a password", f"`{found.name}` 里写着密码")
                yield self.on_call(conversation, found.call, text, inside=found.at, severity=Severity.WARNING)


def _kind(value: str) -> str:
    """Whose key a value holds, empty where it holds none."""
    is_likely = len(value) >= 16 and any(mark in value for mark in _MARKS)
    match = _KEY.search(value) if is_likely else None
    if match is None or match.lastindex is None or _MADE_UP.search(match.group()):
        return ""
    return _KINDS[match.lastindex - 1]


def _is_password(found: Argument) -> bool:
    return _PASSWORD.fullmatch(found.name) is not None and _BLANK.fullmatch(found.value) is None
