"""obs.translated_value: an address in a result that was translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._guards import Holds
from toolcall_data.rules.base import Finding, Rule, Severity

_HAN = "\u3400-\u9fff"
_ADDRESS = re.compile(
    rf"(?:https?://|www\.)[A-Za-z0-9.-]{{1,100}}(?P<path>/[A-Za-z0-9._~/%-]{{0,200}}[{_HAN}][^\s\"'<>，。；、）)]{{0,100}})"
    rf"|(?:https?://|www\.)[A-Za-z0-9.-]{{0,100}}[{_HAN}][{_HAN}A-Za-z0-9.-]{{0,60}}\.(?:com|net|org|io|gov|edu|cn)\b"
    rf"|[{_HAN}·]{{1,20}}@[A-Za-z0-9-]{{1,60}}\.[A-Za-z.]{{2,20}}"
    rf"|[A-Za-z0-9._-]{{1,40}}@[A-Za-z0-9.-]{{0,40}}[{_HAN}][{_HAN}A-Za-z0-9.-]{{0,40}}\.[a-z]{{2,6}}"
)
_HOSTS_WITH_CHINESE_PATHS = re.compile(r"wikipedia\.org|baike|baidu|zhihu|\.cn/|wiki|douban|github\.com|localhost|oss-")
_HOLDS_ADDRESS = Holds(results=r"://|www\.|@")


class ObsTranslatedValue(Rule):
    """An address in a result should not have been translated.

    What it does:
        Reports a web or e-mail address in a result with Chinese characters in its host, its path or its name. Chinese
        encyclopedias, wikis and hosts in China, whose paths may be Chinese, are left out, and so are addresses that
        the user or the call gave.

    Why it matters:
        The address leads nowhere, and the answer hands it to the user.

    Example:
        `https://www.example.com/新闻` for `https://www.example.com/news`.

    What to do:
        Restore the address, or drop the row.
    """

    code = "TC520"
    name = "obs.translated_value"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_HOLDS_ADDRESS)
    chinese = """工具结果里的地址不应被翻译。

    检查什么：
        结果里网址或邮箱的主机名、路径或用户名含有汉字时报告。路径本来就可能是中文的百科、维基和国内站点，
        以及用户或调用给出的地址不算。

    为什么重要：
        这样的地址打不开，回答还会把它交给用户。

    例子：
        `https://www.example.com/news` 变成了 `https://www.example.com/新闻`。

    怎么办：
        恢复原来的地址，或删除该行。
    """
    good = (
        row(
            human("查一下北京"),
            call("get_weather", city="北京"),
            observation({"url": "https://zh.wikipedia.org/wiki/北京"}),
            gpt("查到了。"),
        ),
    )
    bad = (
        row(
            human("北京新闻"),
            call("get_weather", city="北京"),
            observation({"url": "https://www.example.com/新闻/北京"}),
            gpt("查到了。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, message in enumerate(conversation.messages):
            if message.role != "tool" or (
                "://" not in message.content and "www." not in message.content and "@" not in message.content
            ):
                continue
            for found in _ADDRESS.finditer(message.content):
                if not _HOSTS_WITH_CHINESE_PATHS.search(found[0]) and not _was_given(conversation, index, found[0]):
                    text = Prose(f"the address `{found[0]}` was translated", f"地址 `{found[0]}` 被翻译了")
                    yield replace(self.on_message(message, text, excerpt=message.content), span=found.span())


def _was_given(conversation: Conversation, index: int, address: str) -> bool:
    """Whether the user or a call named the address before."""
    for message in conversation.messages[:index]:
        if message.role == "user" and address in message.text:
            return True
        if message.role == "assistant" and any(address in call.raw for call in message.calls):
            return True
    return False
