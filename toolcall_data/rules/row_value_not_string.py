"""row.value_not_string: a text that is something else."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER, call, gpt, human, observation, row, turn
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import AnyMessage, Conversation, Malformed, Problem, Result, Tool
from toolcall_data.formats.sharegpt import message_of
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import kind
from toolcall_data.rules._edit import with_messages, with_tools, without_problems
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._shape_words import in_both
from toolcall_data.rules.base import Finding, Rule


class RowValueNotString(Rule):
    """What the trainer takes as text must be a string.

    What it does:
        Reports a message, a `tools` or `system` column, an instruction or an output that is an object, a list, a
        number or null, and a message that is no object. A history whose turns are no pairs is reported too.

    Why it matters:
        LLaMA-Factory cannot load a column that is text in one row and an object in another; where it can, it ends
        with `Expected a string, got None`, or drops the row.

    Example:
        `{"from": "observation", "value": {"text": "晴"}}`: the result is an object, not its JSON text.

    What to do:
        Write the value as a string; the fix writes results, calls and tools as JSON text. A null has no text to write:
        delete the row.
    """

    chinese = """训练器当作文本的内容必须是字符串。

    检查什么：
        消息、`tools` 或 `system` 列、instruction 或 output 是对象、列表、数字或 null，或者消息根本不是对象。
        history 里不成对的轮次也会报告。

    为什么重要：
        一列在这一行是文本、在那一行是对象，LLaMA-Factory 就读不了；能读的时候，它以
        `Expected a string, got None` 中断，或丢弃该行。

    例子：
        `{"from": "observation", "value": {"text": "晴"}}`：结果是对象，而不是它的 JSON 文本。

    怎么办：
        把值写成字符串；自动修复会把结果、调用和工具写成 JSON 文本。null 没有文本可写：删除该行。
    """
    code = "TC106"
    name = "row.value_not_string"
    only_if = staticmethod(is_irregular)
    applicability = "safe"
    good = (FINE,)
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            turn("observation", {"text": "晴"}),
            gpt("晴。"),
        ),
        row(
            human("北京天气？"),
            turn("function_call", {"name": "get_weather", "arguments": {"city": "北京"}}),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
        {"conversations": [human("你好"), gpt("你好！")], "tools": [WEATHER]},
        row(human("你好"), turn("gpt", None)),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for problem in conversation.problems:
            if problem.kind == self.name:
                yield self.found(in_both(problem.detail), at=problem.at, mends=_is_tools(conversation, problem))
        for message in conversation.messages:
            if message.role == "malformed" and message.reason != "unknown_role":
                yield self.on_message(message, _said(message), mends=_mended(message) is not message)

    def fix(self, conversation: Conversation) -> Conversation:
        messages = [_mended(message) for message in conversation.messages]
        if any(new is not old for new, old in zip(messages, conversation.messages, strict=True)):
            conversation = with_messages(conversation, messages)
        for problem in conversation.problems:
            if problem.kind == self.name and _is_tools(conversation, problem):
                conversation = without_problems(conversation, self.name, problem.at)
                items = problem.value if isinstance(problem.value, list) else [problem.value]
                as_text = conversation.model_copy(update={"tools_text": ""})
                conversation = with_tools(as_text, [Tool(raw=item) for item in items])
        return conversation


def _said(message: Malformed) -> Prose:
    found = kind(message.content)
    if message.reason == "not_object":
        return Prose(f"a message is an object, this is {found}", f"消息应当是对象，这里是{found.zh}")
    if message.content is None:
        found = Prose("missing or null", "缺失或 null")
    return Prose(
        f"the text of a `{message.tag}` message is {found}, not a string",
        f"`{message.tag}` 消息的文本是{found.zh}，不是字符串",
    )


def _is_tools(conversation: Conversation, problem: Problem) -> bool:
    return problem.at == conversation.tools_at and bool(problem.at) and isinstance(problem.value, list | dict)


def _mended(message: AnyMessage) -> AnyMessage:
    """A result or a call with its value as JSON text; itself where the value is no object or list."""
    if message.role != "malformed" or message.reason != "not_string" or not isinstance(message.content, dict | list):
        return message
    text, extra = encode(message.content), message.extra
    if message.meant == "call":
        return message_of("call", text, at=message.at, value_at=message.value_at, extra=extra)
    if message.meant != "tool":
        return message
    call_id, name = extra.get("tool_call_id"), extra.get("name")
    return Result(
        role="tool",
        content=text,
        call_id=call_id if isinstance(call_id, str) else None,
        name=name if isinstance(name, str) else None,
        extra={key: value for key, value in extra.items() if key not in ("tool_call_id", "name")},
        at=message.at,
        value_at=message.value_at,
    )
