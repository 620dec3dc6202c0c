"""obs.too_long: a result that fills the context."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_long_result
from toolcall_data.rules.base import Finding, Rule, Severity

_MOST = 8000


class ObsTooLong(Rule):
    """A result should leave room for the answer.

    What it does:
        Reports a result of more than 8000 characters.

    Why it matters:
        LLaMA-Factory cuts rows at `cutoff_len`, 2048 tokens where nothing is said. What comes after a long result is
        cut off first, and that is the answer: the row then trains a call and nothing else.

    Example:
        A web page, whole, as the result of a search.

    What to do:
        Keep what the answer needs, inside valid JSON, or raise `cutoff_len`.
    """

    chinese = """结果应当给回答留出位置。

    检查什么：
        结果超过 8000 个字符。

    为什么重要：
        LLaMA-Factory 会把每行截到 `cutoff_len`，不设置时是 2048 个 token。长结果后面的内容最先被截掉，而那正是回答：
        这一行就只训练了调用。

    例子：
        搜索的结果是一整张网页。

    怎么办：
        只保留回答用得到的部分，并保证仍是合法的 JSON；或者调大 `cutoff_len`。
    """
    code = "TC512"
    name = "obs.too_long"
    severity = Severity.WARNING
    only_if = staticmethod(has_long_result)
    good = (FINE,)
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴", "page": "天气预报" * 2500}),
            gpt("北京今天晴。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "tool" and len(message.content) > _MOST:
                count = len(message.content)
                text = Prose(f"the result has {count:,} characters", f"结果有 {count:,} 个字符")
                yield self.on_message(message, text)
