"""ans.link_fabricated: a link that nobody gave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._answers import answers
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_NEWS = tool("search_news", keyword={"type": "string"})
_LINK = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9][^\s<>()\[\]{}'\"`，。；！？、（）《》“”\u3000-\u303f\u4e00-\u9fff]*"
    r"|(?<=\]\()[^\s()<>]{3,}(?=\))"
)
"""A web address, or the target of a Markdown link."""
_MOST_SHOWN = 3
_SCHEME = re.compile(r"^https?://(?:www\.)?|^www\.")
_HOLDS_LINK = Holds(answers=r"\]\(|://|www\.")


class AnsLinkFabricated(Rule):
    """An answer should link only to what a result or the user named.

    What it does:
        Reports a web address, or the target of a Markdown link, in an answer to results, that stands nowhere before
        it: in no result, no message of the user, not in the system prompt or the tools.

    Why it matters:
        The model learns to make links up. They look right and lead nowhere, or to somebody else.

    Example:
        The results hold only titles, the answer says `[新款电动汽车](https://auto.example.com/news)`.

    What to do:
        Take the link out of the answer, or put it into the result.
    """

    chinese = """回答里的链接应当来自结果或用户。

    检查什么：
        在结果之后的回答里，网址或 Markdown 链接的目标在前文从未出现：结果、用户消息、系统提示和工具里都没有。

    为什么重要：
        模型会学着编造链接。它们看着像真的，点开却不存在，甚至通向别处。

    例子：
        结果里只有标题，回答却写 `[新款电动汽车](https://auto.example.com/news)`。

    怎么办：
        从回答里删掉链接，或在结果里补上。
    """
    code = "TC604"
    name = "ans.link_fabricated"
    severity = Severity.WARNING
    only_if = staticmethod(_HOLDS_LINK)
    good = (
        FINE,
        row(
            human("有电动汽车的新闻吗？"),
            call("search_news", keyword="电动汽车"),
            observation({"news": [{"title": "新款上市", "url": "https://www.auto.example.com/n/1"}]}),
            gpt("有一条：[新款上市](https://auto.example.com/n/1)。"),
            tools=[_NEWS],
        ),
    )
    bad = (
        row(
            human("有电动汽车的新闻吗？"),
            call("search_news", keyword="电动汽车"),
            observation({"news": [{"title": "新款上市"}]}),
            gpt("有一条：[新款上市](https://auto.example.com/news)。"),
            tools=[_NEWS],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for answer in answers(conversation):
            text = answer.message.text
            if "](" not in text and "://" not in text and "www." not in text:
                continue
            before = spoken(conversation).before(answer.index)
            made_up = [link for link in dict.fromkeys(_LINK.findall(text)) if _bare(link) not in before]
            if made_up:
                listed = ", ".join(made_up[:_MOST_SHOWN])
                more = len(made_up) - _MOST_SHOWN
                en = f"nothing before the answer names {listed}{f' and {more} more' if more > 0 else ''}"
                zh = f"前文没有出现过 {listed}{f' 等 {len(made_up)} 个链接' if more > 0 else ''}"
                yield self.on_message(answer.message, Prose(en, zh))


def _bare(link: str) -> str:
    """A link without what may differ from one spelling to another."""
    return _SCHEME.sub("", link.lower().rstrip(".,;:!?*_~")).rstrip("/")
