"""conv.call_in_text: a call written as an answer's text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, chat, gpt, human, observation, row
from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import Conversation
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
    """

    code = "TC211"
    name = "conv.call_in_text"
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
                if found := _markup(message.text):
                    yield self.on_message(message, f"the text holds a call: `{found}`", excerpt=message.text)
                elif _is_call(message.text, conversation):
                    yield self.on_message(message, "the text is nothing but a call", excerpt=message.text)


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
