"""conv.consecutive_obs: two results in a row."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row
from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import AnyMessage, Conversation, Result
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import JOINS_RESULTS, Step, steps
from toolcall_data.rules.base import Finding, Rule


class ConvConsecutiveObs(Rule):
    """The results of one step must stand in one observation.

    What it does:
        Reports an observation directly after another one in sharegpt rows. In OpenAI messages every call has a result
        message of its own, so nothing is reported there.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag`.

    Example:
        A call turn with two calls, then two observations.

    What to do:
        Write the results as one JSON list in the order of the calls (the fix does, where there is one for each call).
    """

    chinese = """同一步的结果必须写在一个 observation 里。

    检查什么：
        sharegpt 行里，一个 observation 后面紧接着另一个。OpenAI 消息里每个调用有自己的结果消息，所以不报告。

    为什么重要：
        LLaMA-Factory 以 `Invalid role tag` 丢弃整行。

    例子：
        一轮里有两个调用，后面跟着两个 observation。

    怎么办：
        按调用的顺序把结果写成一个 JSON 列表（每个调用都有结果时，自动修复会这样做）。
    """
    code = "TC209"
    name = "conv.consecutive_obs"
    only_if = staticmethod(is_irregular)
    applicability = "safe"
    good = (FINE,)
    bad = (
        row(
            human("北京和上海天气？"),
            calls(call("get_weather", city="北京"), call("get_weather", city="上海")),
            observation({"text": "晴"}),
            observation({"text": "雨"}),
            gpt("北京晴，上海雨。"),
        ),
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴"}),
            observation({"text": "25 度"}),
            gpt("晴，25 度。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if conversation.origin.format not in JOINS_RESULTS:
            return
        mendable = {step.index + len(step.results) for step in _split_steps(conversation)}
        messages = conversation.messages
        for index in range(1, len(messages)):
            if messages[index].role == "tool" and messages[index - 1].role == "tool":
                last = index
                while last + 1 < len(messages) and messages[last + 1].role == "tool":
                    last += 1
                text = Prose("a result message follows a result message", "结果消息后面又是结果消息")
                yield self.on_message(messages[index], text, role=True, mends=last in mendable)

    def fix(self, conversation: Conversation) -> Conversation:
        if conversation.origin.format not in JOINS_RESULTS:
            return conversation
        messages: list[AnyMessage | None] = list(conversation.messages)
        for step in _split_steps(conversation):
            first, count = step.index + 1, len(step.results)
            messages[first] = _joined(step.results)
            messages[first + 1 : first + count] = [None] * (count - 1)
        left = [message for message in messages if message is not None]
        return with_messages(conversation, left) if len(left) < len(messages) else conversation


def _split_steps(conversation: Conversation) -> list[Step]:
    """The steps whose results stand in one message for each of several calls."""
    return [step for step in steps(conversation) if 1 < len(step.results) == len(step.message.calls)]


def _joined(results: tuple[Result, ...]) -> Result:
    return results[0].model_copy(update={"content": encode([_value(result.content) for result in results])})


def _value(content: str) -> object:
    found = decode(content)
    return content if found.error is not None or found.duplicate_keys or found.not_finite else found.value
