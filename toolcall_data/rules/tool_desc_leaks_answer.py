"""tool.desc_leaks_answer: an example in a description that is the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import JSON, Call, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._descriptions import words_of
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules._tool_parts import Part, arguments
from toolcall_data.rules._turns import texts
from toolcall_data.rules.base import Finding, Rule, Severity

_BEFORE = re.compile(r"例如|比如|譬如|诸如|示例|\be\.g\.|\bfor example\b|\bsuch as\b|\bexamples?:", re.IGNORECASE)
_PARTS = re.compile(r"[、,，;；/\"'“”‘’「」()（）。：:]|\s或\s|\bor\b")
_REACH = 80
_SHORTEST = 3
_MOST = 4000
_CODE: JSON = {"type": "string", "description": "股票代码，例如 600519"}


def _asks(question: str) -> dict[str, JSON]:
    turns = (human(question), call("get_stock", code="600519"), observation({"price": 1500}), gpt("现价 1500 元。"))
    return row(*turns, tools=[tool("get_stock", ["code"], code=_CODE)])


def _gives_examples(conversation: Conversation) -> bool:
    """Whether a description or a schema has an example."""
    words = map(words_of, conversation.tools)
    return any(each.shows_examples or any(map(_BEFORE.search, each.said)) for each in words)


class ToolDescLeaksAnswer(Rule):
    """The description of an argument should not hold the answer as its example.

    What it does:
        Reports an argument given in a call that equals an example in the argument's description (after `例如`, `e.g.`
        and the like, or in `examples`) and that nobody named before the call: neither the user nor the system prompt
        nor a result.

    Why it matters:
        The model learns to copy the example instead of finding out the value. With another description it fails.

    Example:
        The user asks for 贵州茅台, the description says `例如 600519`, and the call gives `600519`.

    What to do:
        Take another example, or none. If the value is an invented one, correct the call.
    """

    chinese = """参数描述里的例子不应正好是答案。

    检查什么：
        调用给出的参数值与该参数描述里的例子（`例如`、`e.g.` 等之后，或 `examples` 里）相同，而在调用之前用户、系统提示
        和工具结果都没有提到过它，就报告。

    为什么重要：
        模型会学成照抄例子，而不去弄清真正的值；换一个描述就错了。

    例子：
        用户问贵州茅台，描述写着 `例如 600519`，调用给出 `600519`。

    怎么办：
        换一个例子，或不写例子。如果这个值是编出来的，就改正调用。
    """

    code = "TC342"
    name = "tool.desc_leaks_answer"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = OfTools(_gives_examples)
    good = (FINE, _asks("600519 现在多少钱？"))
    bad = (_asks("贵州茅台现在多少钱？"),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        examples = _examples(conversation)
        if not any(_copied(each, examples) for each in conversation.calls):
            return
        heard = (conversation.system or "").casefold()
        for message in conversation.messages:
            if message.role == "assistant":
                for each in message.calls:
                    yield from self._judge(conversation, each, examples, heard)
            heard += "\n" + "\n".join(texts(message)).casefold()

    def _judge(
        self, conversation: Conversation, each: Call, examples: Mapping[tuple[str, str], frozenset[str]], heard: str
    ) -> Iterator[Finding]:
        for key, value in _copied(each, examples):
            if value.strip().casefold() not in heard:
                text = Prose(
                    f"`{key}` is the example of its own description, and nobody named it before: `{value}`",
                    f"`{key}` 的值正是它的描述里的例子，而之前没有人提到过：`{value}`",
                )
                yield self.on_call(conversation, each, text, inside=f"/{key.replace('~', '~0').replace('/', '~1')}")


def _copied(each: Call, examples: Mapping[tuple[str, str], frozenset[str]]) -> list[tuple[str, str]]:
    """The arguments of a call that are examples of their own descriptions."""
    found = []
    for key, value in each.arguments.items() if isinstance(each.arguments, dict) else ():
        named = examples.get((each.name or "", key)) if isinstance(value, str) else None
        if named and len(plain := value.strip().casefold()) >= _SHORTEST and plain in named:
            found.append((key, value))
    return found


_REMEMBERED: dict[str, dict[tuple[str, str], frozenset[str]]] = {}
_MOST_REMEMBERED = 4096


def _examples(conversation: Conversation) -> dict[tuple[str, str], frozenset[str]]:
    """The examples of each tool's arguments, in lower case, by name of tool and argument. Remembered by the text."""
    text = conversation.tools_text
    known = _REMEMBERED.get(text) if text is not None else None
    if known is not None:
        return known
    found = {}
    for part in arguments(conversation):
        if part.tool.name and "enum" not in part.schema and (named := frozenset(_named_by(part))):
            found[(part.tool.name, part.name)] = named
    if text is not None:
        if len(_REMEMBERED) >= _MOST_REMEMBERED:
            _REMEMBERED.clear()
        _REMEMBERED[text] = found
    return found


def _named_by(part: Part) -> Iterator[str]:
    listed = part.schema.get("examples")
    for value in [*(listed if isinstance(listed, list) else []), part.schema.get("example")]:
        if isinstance(value, str):
            yield value.strip().casefold()
    said = part.schema.get("description")
    text = said[:_MOST] if isinstance(said, str) else ""
    for match in _BEFORE.finditer(text):
        after = text[match.end() : match.end() + _REACH]
        for piece in (after, *_PARTS.split(after)):
            yield piece.strip(" .。:：，,").casefold()
