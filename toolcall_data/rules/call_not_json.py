"""call.not_json: a call that is no JSON."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Assistant, Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import rewritten, with_messages
from toolcall_data.rules._guards import has_odd_or_parallel_calls
from toolcall_data.rules._read_again import advice, certainty, read_again
from toolcall_data.rules._text_beside import parted
from toolcall_data.rules.base import Applicability, Finding, Rule

_BLOCK = "<tool_call>"


class CallNotJson(Rule):
    """A call must be written as JSON.

    What it does:
        Reports a call whose text, or whose arguments string, Python's JSON parser refuses: single quotes, a code
        fence, a trailing comma, a cut-off end, or half of a surrogate pair. A call turn with more than one
        `<tool_call>` block is reported too. Words before a call that is JSON have the rule conv.text_with_call.

    Why it matters:
        LLaMA-Factory raises `Invalid JSON format in function message` when tokenising reaches the row, and the whole
        job ends there, without naming the row. Of several blocks it reads only the first, moves it behind the others
        and leaves those as raw text.

    Example:
        `{'name': 'get_weather', 'arguments': {'city': '北京'}}` uses single quotes.

    What to do:
        Write the call as one JSON object with `name` and `arguments`, or a list of them. The fix does so where it can
        tell what was meant; it is unsafe where it has to guess: text around the JSON, a quote inside a string, a
        bracket too many, a cut-off end.
    """

    chinese = """调用必须写成 JSON。

    检查什么：
        调用的文本或参数字符串，Python 的 JSON 解析器读不了：单引号、代码围栏、末尾多了逗号、被截断，
        或只有半个代理对。一个调用轮里有多个 `<tool_call>` 块也会报告。调用本身是 JSON、前面有文字的，由
        conv.text_with_call 负责。

    为什么重要：
        分词走到这一行时 LLaMA-Factory 抛出 `Invalid JSON format in function message`，整个任务就此中断，
        也不说是哪一行。有多个块时它只读第一个，把它移到其他块后面，其余的当作普通文本。

    例子：
        `{'name': 'get_weather', 'arguments': {'city': '北京'}}` 用了单引号。

    怎么办：
        写成一个带 `name` 和 `arguments` 的 JSON 对象，或这种对象的列表。看得出本意时自动修复会这样做；
        需要猜测时属于不安全的修复：JSON 前后有文字、字符串里有引号、多了括号、末尾被截断。
    """
    code = "TC401"
    name = "call.not_json"
    looks_at = "calls"
    only_if = staticmethod(has_odd_or_parallel_calls)
    applicability = "safe"
    reveals = True
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
            call_text('{"name": "get_weather", "arguments": {"city": "北京'),
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
        for turn, call in _unreadable(conversation):
            detail = call.error.detail if call.error is not None else ""
            text = Prose(f"the call is no JSON: {detail}", f"调用不是 JSON：{detail}")
            sure = certainty(turn)
            hint = advice(call) if sure is not None else ""
            yield self.found(text, at=call.at, excerpt=call.raw, hint=hint, mends=sure is not None, applicability=sure)
        for message in conversation.messages:
            if message.role == "assistant" and (count := _blocks(message)) > 1:
                text = Prose(
                    f"the turn has {count} `<tool_call>` blocks: only the first would be read",
                    f"这一轮有 {count} 个 `<tool_call>` 块，只会读第一个",
                )
                yield self.on_message(
                    message,
                    text,
                    excerpt=message.written or "",
                    mends=_is_read(message) and _in_one(message) is not message,
                )

    def fix(self, conversation: Conversation) -> Conversation:
        return self._fixed(conversation, ("safe", "unsafe"))

    def fix_safely(self, conversation: Conversation) -> Conversation:
        return self._fixed(conversation, ("safe",))

    def _fixed(self, conversation: Conversation, wanted: tuple[Applicability, ...]) -> Conversation:
        messages = [_mended(message, wanted) for message in conversation.messages]
        if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
            return conversation
        return with_messages(conversation, messages)


def _unreadable(conversation: Conversation) -> Iterator[tuple[Assistant, Call]]:
    """The calls that are no JSON with their messages, without those that only have text before them."""
    for message in conversation.messages:
        if message.role == "assistant" and parted(message) is None:
            for call in message.calls:
                if call.error is not None and call.error.kind == "not_json":
                    yield message, call


def _blocks(message: Assistant) -> int:
    """How many blocks a call turn has, where each was read as a call of its own."""
    return message.written.count(_BLOCK) if message.written is not None and len(message.calls) > 1 else 0


def _is_read(message: Assistant) -> bool:
    return all(call.error is None for call in message.calls)


def _in_one(message: Assistant) -> Assistant:
    """The turn with its calls in one block; itself where its text would be taken for another one."""
    written = rewritten(message)
    return written if _blocks(written) < _blocks(message) else message


def _mended(message: AnyMessage, wanted: tuple[Applicability, ...]) -> AnyMessage:
    if message.role != "assistant" or not message.calls:
        return message
    if not _is_read(message):
        return read_again(message) if parted(message) is None and certainty(message) in wanted else message
    return _in_one(message) if _blocks(message) > 1 else message
