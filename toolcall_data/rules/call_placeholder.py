"""call.placeholder: an argument that still holds a blank to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import shown
from toolcall_data.rules._arguments import Argument, arguments
from toolcall_data.rules._examples import FINE, asked
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_MAIL = tool("send_email", to={"type": "string"}, body={"type": "string"})

_WORDS = r"name|user ?name|your|user|email|e-mail|phone|address|date|time|company|recipient|sender|title|city|link|url"
_ZH_WORDS = "姓名|名字|用户|您的|你的|邮箱|电话|手机号|地址|日期|时间|公司|收件人|发件人|职位|链接"
_BLANK = re.compile(
    rf"[\[【]\s?[^\[\]【】\n]{{0,12}}(?:{_ZH_WORDS})[^\[\]【】\n]{{0,6}}[\]】](?!\()"
    rf"|\[\s?(?:[a-z' ]{{0,16}}\b)?(?:{_WORDS})(?:\b[a-z' ]{{0,16}})?\](?!\()",
    re.IGNORECASE,
)
"""A blank for a name, an address and the like; two square brackets before a round one are a link."""
_TEMPLATE = re.compile(r"\{\{\s*[\w.]+\s*\}\}|\$\{[^{}\n]{1,40}\}|__[A-Z][A-Z_]{1,40}__|<[A-Za-z][\w -]{2,30}>")
_WHOLE = re.compile(
    r"<[a-z][a-z0-9_ -]{2,30}>|<[^<>]{0,10}[\u4e00-\u9fff][^<>]{0,10}>|\$\{[^{}]{1,40}\}|your[_ -][a-z_ -]{2,30}"
    r"|x{3,8}|placeholder|todo|tbd|fill[_ ]me[_ ]in|insert[_ ][a-z_ ]{2,20}[_ ]here|占位符|待填(?:写)?|某某",
    re.IGNORECASE,
)
_TYPES = frozenset({"string", "<string>", "integer", "number", "boolean", "null", "undefined"})
_MAY_BE_BLANK = Holds(
    given=r"\[|【|<|\{|__|your|xxx|placeholder|todo|tbd|f[i\u0131]ll[ _]me|i\\w{5}[ _]|\u0131nsert|占位符|待填|某某"
    r"|string|integer|number|boolean|null|undefined"
)
_ABOUT_TYPES = re.compile(r"type|format|kind|class|类型|格式", re.IGNORECASE)


class CallPlaceholder(Rule):
    """An argument should hold a value, not a blank to be filled in.

    What it does:
        Reports an argument that holds a blank such as `[用户姓名]` or `[Your Name]`, or that is nothing but
        `<city>`, `${city}`, `your_api_key`, `xxx` or the name of a type. `{{name}}` anywhere in a text is reported
        where nobody wrote it before: users do ask to save templates.

    Why it matters:
        The blank is sent as it stands: a mail signed `[用户姓名]`, a search for `<city>`. The model learns to call
        before it knows what to call with.

    Example:
        `"body": "……此致，[用户姓名]"`

    What to do:
        Write the value, also in the user's message if the blank stands there, or let the model ask for it.
    """

    chinese = """参数里应当是真正的值，而不是待填的空。

    检查什么：
        参数含有 `[用户姓名]`、`[Your Name]` 这样的空，或者整个就是 `<city>`、`${city}`、`your_api_key`、`xxx`、
        某个类型名。
        文本里的 `{{name}}` 只在前文没人写过时才报告：用户有时就是要保存模板。

    为什么重要：
        空会被原样发出去：邮件落款是 `[用户姓名]`，搜索词是 `<city>`。模型学到的是还不知道填什么就先调用。

    例子：
        `"body": "……此致，[用户姓名]"`

    怎么办：
        填上真实的值（用户消息里也有这个空时一并改掉），或让模型先追问。
    """
    code = "TC427"
    name = "call.placeholder"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_MAY_BE_BLANK)
    good = (FINE, asked(_MAIL, to="lin@example.com", body="见 [会议纪要](https://example.com/a)，第[3]条。"))
    bad = (
        asked(_MAIL, to="lin@example.com", body="周五见。此致，[您的姓名]"),
        asked(_MAIL, to="<recipient_email>", body="周五见。"),
        asked(_MAIL, to="lin@example.com", body="{{contact.name}}您好，周五见。"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in arguments(conversation):
            if type(found.value) is str and (blank := _blank(found, conversation)):
                text = Prose(
                    f"`{found.name}` holds the blank {shown(blank)}", f"`{found.name}` 里有待填的空 {shown(blank)}"
                )
                yield self.on_call(conversation, found.call, text, inside=found.at)


def _blank(found: Argument, conversation: Conversation) -> str:
    """The blank in an argument, empty where there is none."""
    value: str = found.value
    if "[" in value or "【" in value:
        match = _BLANK.search(value)
        if match:
            return match.group()
    if _WHOLE.fullmatch(value.strip()) or (value.strip().lower() in _TYPES and not _ABOUT_TYPES.search(found.name)):
        return "" if _is_said(value, found, conversation) else value
    if ("{{" in value or "__" in value) and (match := _TEMPLATE.search(value)):
        return "" if _is_said(match.group(), found, conversation) else match.group()
    return ""


def _is_said(text: str, found: Argument, conversation: Conversation) -> bool:
    """Whether the text was written before the call, or its tool lists it."""
    allowed = found.schema.get("enum")
    if isinstance(allowed, list) and text in allowed:
        return True
    said = spoken(conversation)
    return text.strip().lower() in said.text[said.starts[0] : said.starts[found.message]]
