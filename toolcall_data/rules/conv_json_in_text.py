"""conv.json_in_text: JSON objects in answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule, Severity

_BRACKET = re.compile(r"[{}]")
_LONGEST = 20_000


class ConvJsonInText(Rule):
    """A statistic: answers that hold a JSON object.

    What it does:
        Counts answers in which a piece of text between braces is a JSON object with at least one key, in code or out
        of it. The rule runs only when it is named; calls written as text have the rule conv.call_in_text.

    Why it matters:
        Nearly all of them are legitimate: the user asked for code or for an example. In a set for tool calling their
        share says how often the model writes objects that are no calls.

    Example:
        An answer `配置如下：{"port": 8080}`.

    What to do:
        Look at a few. Where the objects are arguments that should have been called with, make them calls.
    """

    chinese = """统计：含有 JSON 对象的回答。

    检查什么：
        数出这样的回答：花括号之间的一段是至少有一个键的 JSON 对象，不论在不在代码里。
        只有点名才运行本规则；写成文本的调用由 conv.call_in_text 负责。

    为什么重要：
        绝大多数都是正当的：用户要的就是代码或示例。在工具调用数据集里，它的占比说明模型有多常写出并非调用的对象。

    例子：
        回答 `配置如下：{"port": 8080}`。

    怎么办：
        抽几条看看。如果这些对象本来应当是调用的参数，就改成调用。
    """
    code = "TC219"
    name = "conv.json_in_text"
    severity = Severity.INFO
    good = (FINE, chat(human("C 语言的空函数怎么写？"), gpt("写成 `void f() {}`。")))
    bad = (chat(human("给一个端口配置的例子"), gpt('配置如下：{"port": 8080}')),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "assistant" and not message.calls and _holds_object(message.text):
                yield self.on_message(message, Prose("the answer holds a JSON object", "回答里有 JSON 对象"))


def _holds_object(text: str) -> bool:
    """Whether a piece from an outermost brace to the one that closes it is an object with keys."""
    if "{" not in text or '"' not in text:
        return False
    depth = start = 0
    for found in _BRACKET.finditer(text):
        if found[0] == "{":
            start = found.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and found.end() - start < _LONGEST and _is_object(text[start : found.end()]):
                return True
    return False


def _is_object(text: str) -> bool:
    found = decode(text)
    return found.error is None and isinstance(found.value, dict) and bool(found.value)
