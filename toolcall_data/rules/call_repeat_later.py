"""call.repeat_later: the same call again, with the same result."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, call, gpt, human, observation, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import repeats_tool
from toolcall_data.rules._results import results
from toolcall_data.rules._turns import Step, steps
from toolcall_data.rules.base import Finding, Rule, Severity


class CallRepeatLater(Rule):
    """A call should not be made again before the user has said anything new.

    What it does:
        Reports a call that an earlier step answering the same message of the user made already, with the same
        arguments and the same result, or with no result at all. Trying again after an error is fine, and so is asking
        again for something that has changed.

    Why it matters:
        The model learns to run in circles: each such call costs a round and brings nothing new.

    Example:
        `get_weather` for 北京, its result, and `get_weather` for 北京 again with the same result.

    What to do:
        Delete the second call and its result.
    """

    chinese = """用户没有说新的话，就不应重复同一个调用。

    检查什么：
        回答同一条用户消息时，后面的步骤又做了前面做过的调用，参数相同，结果也相同（或根本没有结果）。
        出错后重试、查询会变化的状态而结果不同，都没有问题。

    为什么重要：
        模型会学着原地打转：每重复一次就多一轮开销，却没有新信息。

    例子：
        查了北京天气，得到结果，又原样查一次北京天气，结果一样。

    怎么办：
        删掉第二次调用和它的结果。
    """
    code = "TC428"
    name = "call.repeat_later"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(repeats_tool)
    _weather = call("get_weather", city="北京")
    good = (
        FINE,
        row(
            human("北京天气？一直查到有为止。"),
            _weather,
            observation({"error": "timeout"}),
            _weather,
            observation({"text": "晴"}),
            gpt("北京今天晴。"),
            tools=[WEATHER],
        ),
    )
    bad = (
        row(
            human("北京天气？"),
            _weather,
            observation({"text": "晴"}),
            _weather,
            observation({"text": "晴"}),
            gpt("北京今天晴。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if not _repeats(conversation):
            return
        failed = {found.index for found in results(conversation) if found.is_error}
        asked_at = [index for index, message in enumerate(conversation.messages) if message.role == "user"]
        seen: dict[tuple[int, str], str] = {}
        for step in steps(conversation):
            turn = sum(index < step.index for index in asked_at)
            outcome = "\n".join(result.content for result in step.results)
            went_wrong = any(step.index < index <= step.index + len(step.results) for index in failed)
            for found in step.message.calls:
                key = (turn, encode([found.name, found.arguments]))
                if found.error is None and seen.get(key) == outcome:
                    text = f"`{found.name}` was called with these arguments before, to the same result"
                    chinese = f"前面已经用同样的参数调用过 `{found.name}`，结果也一样"
                    yield self.on_call(conversation, found, Prose(text, chinese))
            if not went_wrong:
                seen |= _keys(step, turn, outcome)


def _repeats(conversation: Conversation) -> bool:
    """Whether any two calls are the same: most rows need no closer look."""
    calls = conversation.calls
    if len(calls) < 2 or len({call.name for call in calls}) == len(calls):
        return False
    return len({encode([call.name, call.arguments]) for call in calls}) < len(calls)


def _keys(step: Step, turn: int, outcome: str) -> dict[tuple[int, str], str]:
    return {(turn, encode([found.name, found.arguments])): outcome for found in step.message.calls}
