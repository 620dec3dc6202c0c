"""conv.call_in_text: a call written as an answer's text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, chat, gpt, human, observation, row
from toolcall_data.conversation.json_text import decode, encode
from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation
from toolcall_data.formats._calls import call_object
from toolcall_data.formats._written_calls import known_tools, with_real_calls
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import answers_look_like_calls
from toolcall_data.rules.base import Finding, Rule

_MARKUP = re.compile(
    r"<tool_call>\s*[\[{<]|<functioncall>\s*\{|<function=[\w.-]+>|\[TOOL_CALLS\]\s*\["
    r"|^Action:[ \t]*[\w.-]+[ \t]*\nAction Input:",
    re.MULTILINE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


class ConvCallInText(Rule):
    """A call must stand in a call turn, not in an answer's text.

    What it does:
        Reports an answer that holds call markup (`<tool_call>{`, `<functioncall> {`, `<function=name>`,
        `[TOOL_CALLS] [`, `Action:` with `Action Input:`), or that is nothing but a JSON object or list with `name` and
        `arguments`. Markup inside code is left alone, and so is every other JSON answer.

    Why it matters:
        LLaMA-Factory trains it as plain text: bare JSON without the template's call words, which no server parses.

    Example:
        gpt `{"name": "get_weather", "arguments": {"city": "北京"}}`

    What to do:
        Make the message a call: `function_call` in sharegpt rows, `tool_calls` in OpenAI messages.
        The fix, which is unsafe, does so where the whole call can be read.
    """

    chinese = """调用必须写在调用轮里，不能写在回答的文本里。

    检查什么：
        回答里有调用标记（`<tool_call>{`、`<functioncall> {`、`<function=name>`、`[TOOL_CALLS] [`、
        `Action:` 加 `Action Input:`），或整个就是带 `name` 和 `arguments` 的 JSON 对象或列表。
        代码里的标记和其他 JSON 回答不算。

    为什么重要：
        LLaMA-Factory 把它当普通文本训练：只有光秃秃的 JSON，没有模板的调用标记，哪个服务器都解析不了。

    例子：
        gpt `{"name": "get_weather", "arguments": {"city": "北京"}}`

    怎么办：
        改成调用：sharegpt 行用 `function_call`，OpenAI 消息用 `tool_calls`。
        整个调用读得出来时，自动修复（不安全）会这样做。
    """
    code = "TC211"
    name = "conv.call_in_text"
    applicability = "unsafe"
    only_if = staticmethod(answers_look_like_calls)
    good = (
        FINE,
        chat(human("给我一个 JSON 例子"), gpt('{"name": "张三", "age": 30}')),
        chat(human("Qwen 的调用格式？"), gpt('写成 `<tool_call>{"name": "f"}</tool_call>`。')),
        row(
            human("北京天气？"),
            call_text('我来查。<tool_call>{"name": "get_weather", "arguments": {"city": "北京"}}</tool_call>'),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
    )
    bad = (
        row(human("北京天气？"), gpt('{"name": "get_weather", "arguments": {"city": "北京"}}')),
        row(human("北京天气？"), gpt('<functioncall> {"name": "get_weather", "arguments": \'{"city": "北京"}\'}')),
        row(human("北京天气？"), gpt('我来查。\nAction: get_weather\nAction Input: {"city": "北京"}')),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "assistant" and message.text and not message.calls:
                mends = with_real_calls(message, known_tools(conversation.tools)) is not message
                if found := _markup(message.text):
                    text = Prose(f"the text holds a call: `{found}`", f"文本里有调用：`{found}`")
                    yield self.on_message(message, text, excerpt=message.text, mends=mends)
                elif _is_call(message.text, conversation):
                    text = Prose("the text is nothing but a call", "整个文本就是一个调用")
                    yield self.on_message(message, text, excerpt=message.text, mends=mends)

    def fix(self, conversation: Conversation) -> Conversation:
        known = known_tools(conversation.tools)
        messages = [self._mended(message, known, conversation) for message in conversation.messages]
        if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
            return conversation
        return with_messages(conversation, messages)

    def _mended(self, message: AnyMessage, known: dict[str, JSON], conversation: Conversation) -> AnyMessage:
        if message.role != "assistant" or message.calls or not message.text:
            return message
        is_found = _markup(message.text) or _is_call(message.text, conversation)
        return _as_written(with_real_calls(message, known)) if is_found else message


def _as_written(message: Assistant) -> Assistant:
    """The message with each call's text as JSON, whatever notation it had."""
    calls = [call.model_copy(update={"raw": encode(call_object(call))}) for call in message.calls]
    return message.model_copy(update={"calls": tuple(calls)}) if calls else message


def _markup(text: str) -> str:
    if "<" not in text and "[TOOL" not in text and "Action:" not in text:
        return ""
    found = _MARKUP.search(_CODE.sub("", text) if "`" in text else text)
    return " ".join(found[0].split()) if found else ""


def _is_call(text: str, conversation: Conversation) -> bool:
    if '"name"' not in text:
        return False
    fenced = _FENCE.match(text)
    value = decode(fenced[1] if fenced else text.strip()).value
    items = value if isinstance(value, list) and value else [value]
    offered = {tool.name for tool in conversation.tools}
    return all(_looks_like_call(item, offered, must_know=fenced is not None) for item in items)


def _looks_like_call(item: object, offered: set[str | None], *, must_know: bool) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return False
    known = item["name"] in offered
    if "arguments" in item:
        return isinstance(item["arguments"], dict | str) and len(item) <= len(_KEYS) and (known or not must_know)
    return known and isinstance(item.get("parameters"), dict)


_KEYS = ("name", "arguments", "id", "type")
