"""conv.call_after_answer: a call for what an earlier result has told already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import repeats_tool
from toolcall_data.rules._results import results
from toolcall_data.rules._turns import steps
from toolcall_data.rules.base import Finding, Rule, Severity

_ANEW = re.compile(
    r"再|重新|又|刷新|更新|现在|最新|变|还是|确认|核实|重试|试一|继续|下一|换|另"
    r"|\b(?:again|refresh|update|now|latest|still|retry|re-?check|confirm|verify|another|once more|chang)",
    re.IGNORECASE,
)


class ConvCallAfterAnswer(Rule):
    """A call should not ask for what an earlier result has told.

    What it does:
        Reports a call that was made before, with the same arguments and the same result, in answer to an earlier
        message of the user, unless the user asks to look again. The same call twice in answer to one message has the
        rule call.repeat_later.

    Why it matters:
        The model learns to call for what it has read already: each such call costs a round and brings nothing.

    Example:
        The weather of 北京 is looked up and told; then 「需要带伞吗？」 and the same call once more.

    What to do:
        Delete the second call and its result, so that the answer follows from the first.
    """

    chinese = """前面的结果已经说明的内容，不应再调用一次。

    检查什么：
        回答前面的用户消息时已经做过同样的调用，参数和结果都相同，后来又做了一遍；用户要求再查一次的除外。
        回答同一条消息时的重复由 call.repeat_later 负责。

    为什么重要：
        模型会学着为已经读到的内容再次调用：每次都多一轮开销，却没有新信息。

    例子：
        已经查过北京天气并告诉了用户；用户问「需要带伞吗？」，又原样调用一次。

    怎么办：
        删掉第二次调用和它的结果，让回答依据第一次的结果。
    """
    code = "TC232"
    name = "conv.call_after_answer"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(repeats_tool)
    _weather = call("get_weather", city="北京")
    _sunny = observation({"text": "晴"})
    good = (
        FINE,
        row(
            human("北京天气？"),
            _weather,
            _sunny,
            gpt("晴。"),
            human("再查一次北京。"),
            _weather,
            _sunny,
            gpt("还是晴。"),
        ),
        row(
            human("北京天气？"),
            _weather,
            _sunny,
            gpt("晴。"),
            human("那边呢？"),
            _weather,
            observation({"text": "雨"}),
            gpt("雨。"),
        ),
    )
    bad = (
        row(
            human("北京天气？"),
            _weather,
            _sunny,
            gpt("晴。"),
            human("需要带伞吗？"),
            _weather,
            _sunny,
            gpt("不用带伞。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        calls = conversation.calls
        if len(calls) < 2 or len({encode([call.name, call.arguments]) for call in calls}) == len(calls):
            return
        failed = {found.index for found in results(conversation) if found.is_error}
        seen: dict[str, tuple[int, str]] = {}
        for step in steps(conversation):
            turn, asked = _question(conversation, step.index)
            outcome = "\n".join(result.content for result in step.results)
            went_wrong = any(step.index < index <= step.index + len(step.results) for index in failed)
            for found in step.message.calls:
                key = encode([found.name, found.arguments])
                before = seen.get(key)
                if before and found.error is None and outcome == before[1] and before[0] < turn:
                    if not _ANEW.search(asked):
                        text = f"an earlier result has told what `{found.name}` is called for again"
                        chinese = f"前面的结果已经有了，又为同样的内容调用 `{found.name}`"
                        yield self.on_call(conversation, found, Prose(text, chinese))
                elif outcome and not went_wrong:
                    seen.setdefault(key, (turn, outcome))


def _question(conversation: Conversation, index: int) -> tuple[int, str]:
    """Which message of the user a message answers, counted from 0, and its text."""
    asked = [message.text for message in conversation.messages[:index] if message.role == "user"]
    return len(asked), asked[-1] if asked else ""
