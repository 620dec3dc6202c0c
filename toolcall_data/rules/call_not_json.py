"""call.not_json: a call that is no JSON."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import rewritten, with_messages
from toolcall_data.rules._guards import has_odd_or_parallel_calls
from toolcall_data.rules.base import Finding, Rule

_BLOCK = "<tool_call>"


class CallNotJson(Rule):
    """A call must be written as JSON.

    What it does:
        Reports a call whose text, or whose arguments string, Python's JSON parser refuses: single quotes, a code
        fence, words before the object, a trailing comma, a cut-off end, or half of a surrogate pair. A call turn with
        more than one `<tool_call>` block is reported too.

    Why it matters:
        LLaMA-Factory raises `Invalid JSON format in function message` when tokenising reaches the row, and the whole
        job ends there, without naming the row. Of several blocks it reads only the first, moves it behind the others
        and leaves those as raw text.

    Example:
        `{'name': 'get_weather', 'arguments': {'city': '北京'}}` uses single quotes.

    What to do:
        Write the call as one JSON object with `name` and `arguments`, or a list of them. The fix does so for blocks.
    """

    chinese = """调用必须写成 JSON。

    检查什么：
        调用的文本或参数字符串，Python 的 JSON 解析器读不了：单引号、代码围栏、对象前有文字、末尾多了逗号、被截断，
        或只有半个代理对。一个调用轮里有多个 `<tool_call>` 块也会报告。

    为什么重要：
        分词走到这一行时 LLaMA-Factory 抛出 `Invalid JSON format in function message`，整个任务就此中断，
        也不说是哪一行。有多个块时它只读第一个，把它移到其他块后面，其余的当作普通文本。

    例子：
        `{'name': 'get_weather', 'arguments': {'city': '北京'}}` 用了单引号。

    怎么办：
        写成一个带 `name` 和 `arguments` 的 JSON 对象，或这种对象的列表。多个块的情况自动修复会这样做。
    """
    code = "TC401"
    name = "call.not_json"
    looks_at = "calls"
    only_if = staticmethod(has_odd_or_parallel_calls)
    applicability = "safe"
    good = (
        row(
            human("北京天气？"),
            call_text('{"name": "get_weather", "arguments": {"city": "北京"}}'),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
    )
    bad = (
        row(
            human("北京天气？"),
            call_text("{'name': 'get_weather', 'arguments': {'city': '北京'}}"),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
        row(
            human("北京天气？"),
            call_text('好的，我来查。{"name": "get_weather", "arguments": {"city": "北京"}}'),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
        row(
            human("北京和上海天气？"),
            call_text(
                '我来查。<tool_call>{"name": "get_weather", "arguments": {"city": "北京"}}</tool_call>\n'
                '<tool_call>{"name": "get_weather", "arguments": {"city": "上海"}}</tool_call>'
            ),
            observation([{"text": "晴"}, {"text": "雨"}]),
            gpt("北京晴，上海雨。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for call in conversation.calls:
            if call.error is not None and call.error.kind == "not_json":
                text = Prose(f"the call is no JSON: {call.error.detail}", f"调用不是 JSON：{call.error.detail}")
                yield self.found(text, at=call.at, excerpt=call.raw, mends=False)
        for message in conversation.messages:
            if message.role == "assistant" and (count := _blocks(message)) > 1:
                text = Prose(
                    f"the turn has {count} `<tool_call>` blocks: only the first would be read",
                    f"这一轮有 {count} 个 `<tool_call>` 块，只会读第一个",
                )
                yield self.on_message(message, text, excerpt=message.written or "", mends=_is_read(message))

    def fix(self, conversation: Conversation) -> Conversation:
        messages = [_mended(message) for message in conversation.messages]
        if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
            return conversation
        return with_messages(conversation, messages)


def _blocks(message: Assistant) -> int:
    """How many blocks a call turn has, where each was read as a call of its own."""
    return message.written.count(_BLOCK) if message.written is not None and len(message.calls) > 1 else 0


def _is_read(message: Assistant) -> bool:
    return all(call.error is None for call in message.calls)


def _mended(message: AnyMessage) -> AnyMessage:
    if message.role != "assistant" or _blocks(message) < 2 or not _is_read(message):
        return message
    return rewritten(message)
