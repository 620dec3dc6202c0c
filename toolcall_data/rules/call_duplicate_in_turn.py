"""call.duplicate_in_turn: the same call twice in one step."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row
from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import AnyMessage, Assistant, Call, Conversation, Result
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import rewritten, with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_parallel_calls
from toolcall_data.rules._turns import Step, steps
from toolcall_data.rules.base import Finding, Rule


class CallDuplicateInTurn(Rule):
    """One step must not make the same call twice.

    What it does:
        Reports a call whose name and arguments an earlier call of the same step has.

    Why it matters:
        LLaMA-Factory trains both; the model learns to repeat itself. Two equal `<tool_call>` blocks collapse into one,
        and the results no longer fit.

    Example:
        `[{"name": "now", "arguments": {}}, {"name": "now", "arguments": {}}]`

    What to do:
        Delete the second call and its result. The fix does so where its result is the same as that of the first, or
        where no result follows.
    """

    chinese = """同一步里不能做两次相同的调用。

    检查什么：
        调用的名称和参数与同一步里前面的某个调用完全相同。

    为什么重要：
        LLaMA-Factory 两个都训练，模型会学着重复自己。两个相同的 `<tool_call>` 块还会被合成一个，结果就对不上了。

    例子：
        `[{"name": "now", "arguments": {}}, {"name": "now", "arguments": {}}]`

    怎么办：
        删掉第二个调用和它的结果。结果与第一个相同，或后面没有结果时，自动修复会这样做。
    """
    code = "TC421"
    name = "call.duplicate_in_turn"
    looks_at = "calls"
    only_if = staticmethod(has_parallel_calls)
    applicability = "safe"
    good = (
        FINE,
        row(
            human("北京和上海天气？"),
            calls(call("get_weather", city="北京"), call("get_weather", city="上海")),
            observation([{"text": "晴"}, {"text": "雨"}]),
            gpt("北京晴，上海雨。"),
        ),
    )
    bad = (
        row(
            human("北京天气？"),
            calls(call("get_weather", city="北京"), call("get_weather", city="北京")),
            observation([{"text": "晴"}, {"text": "晴"}]),
            gpt("晴。"),
        ),
        row(human("北京天气？"), calls(call("get_weather", city="北京"), call("get_weather", city="北京"))),
        row(
            human("北京天气？"),
            calls(call("get_weather", city="北京"), call("get_weather", city="北京")),
            observation([{"text": "晴"}, {"text": "雨"}]),
            gpt("晴转雨。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        if len(conversation.calls) < 2:
            return
        for step in steps(conversation):
            repeated = _repeated(step.message.calls)
            if repeated:
                mends = _mended(step, conversation) is not None
                for index in repeated:
                    found = step.message.calls[index]
                    text = Prose(
                        f"the step calls `{found.name}` with these arguments already",
                        f"这一步已经用同样的参数调用过 `{found.name}`",
                    )
                    yield self.on_call(conversation, found, text, mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        messages: list[AnyMessage | None] = list(conversation.messages)
        for step in steps(conversation):
            mended = _mended(step, conversation) if _repeated(step.message.calls) else None
            if mended is not None:
                end = step.index + 1 + len(step.results)
                padding: list[AnyMessage | None] = [None] * (end - step.index - len(mended))
                messages[step.index : end] = [*mended, *padding]
        left = tuple(message for message in messages if message is not None)
        return conversation if left == conversation.messages else with_messages(conversation, left)


def _repeated(found: tuple[Call, ...]) -> list[int]:
    """The indices of calls that an earlier one equals."""
    if len(found) < 2:
        return []
    seen: set[str] = set()
    again: list[int] = []
    for index, each in enumerate(found):
        key = encode([each.name, each.arguments]) if each.error is None else f"{index}"
        if key in seen:
            again.append(index)
        seen.add(key)
    return again


def _mended(step: Step, conversation: Conversation) -> list[AnyMessage] | None:
    """The step without its repeated calls, None where it cannot be said which results belong to them."""
    found, again = step.message.calls, _repeated(step.message.calls)
    keep = [index for index in range(len(found)) if index not in again]
    message = rewritten(step.message.model_copy(update={"calls": tuple(found[index] for index in keep)}))
    results = _kept_results(step, again, keep)
    if results is None or (not results and step.index + 1 < len(conversation.messages)):
        return None
    return [message, *results]


def _kept_results(step: Step, again: list[int], keep: list[int]) -> list[Result] | None:
    if not step.results:
        return []
    if len(step.results) == len(step.message.calls):
        values: list[object] = [result.content for result in step.results]
        return [step.results[index] for index in keep] if _same(step.message, values, again) else None
    if len(step.results) > 1:
        return None
    found = decode(step.results[0].content)
    if not isinstance(found.value, list) or len(found.value) != len(step.message.calls):
        return None
    if not _same(step.message, found.value, again):
        return None
    left = [found.value[index] for index in keep]
    content = encode(left if len(left) > 1 else left[0])
    return [step.results[0].model_copy(update={"content": content})]


def _same(message: Assistant, values: list[object], again: list[int]) -> bool:
    """Whether every repeated call has the result of the call it repeats."""
    first = [
        next(
            other
            for other, each in enumerate(message.calls)
            if each.name == message.calls[index].name and each.arguments == message.calls[index].arguments
        )
        for index in again
    ]
    return all(values[index] == values[other] for index, other in zip(again, first, strict=True))
