"""ans.meta_leak: an answer that talks about its own machinery."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Assistant, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._answers import answers
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules.base import Finding, Rule, Severity

_MACHINERY = re.compile(
    r"(?:函数|工具|接口|API|系统)(?:调用)?(?:的)?(?:返回|输出)(?:了|的结果|结果|值|：|:)"
    r"|(?:调用|使用)(?:了)?[^。\n]{0,12}(?:函数|接口|API)[^。\n]{0,8}(?:返回|结果|得到)"
    r"|\b(?:function|tool|api)(?: call)? (?:returned|response|output|result)\b"
    r"|\bas an ai language model\b|作为一[个名](?:人工智能|AI)(?:大)?语言模型",
    re.IGNORECASE,
)
_TELLTALE = (
    "函数",
    "工具",
    "接口",
    "系统",
    "语言模型",
    "API",
    "api",
    "unction",
    "ool",
    "language model",
    "FUNCTION",
    "TOOL",
)
"""Without one of these the search would find nothing."""
_MAY_LEAK = Holds(answers="|".join((r"\{", "_", *_TELLTALE)))
_OBJECT = re.compile(r"\{\s*\"[^\"\n]{1,40}\"\s*:")
_WANTS_JSON = re.compile(r"json|代码|格式|原始|原样|接口|api|函数|function|code|raw", re.IGNORECASE)


class AnsMetaLeak(Rule):
    """An answer to results should talk to the user, not about functions.

    What it does:
        Reports an answer to results that speaks of what a function or an API returned, of itself as a language model,
        that names an offered tool by its identifier (`get_weather`), or that holds a raw JSON object, where the user
        spoke of no such thing.

    Why it matters:
        Users do not know the tools. The model learns to show its insides and to hand on JSON instead of an answer.

    Example:
        「get_weather 函数返回了 {"text": "晴"}。」

    What to do:
        Say the same in plain words: 「北京今天晴。」
    """

    chinese = """结果之后的回答应当对用户说话，而不是谈论函数。

    检查什么：
        结果之后的回答说到函数或接口返回了什么、自称语言模型、直接写出所提供工具的标识符（`get_weather`），
        或贴出原始 JSON 对象，而用户并没有谈到这些。

    为什么重要：
        用户并不知道有哪些工具。模型会学着暴露内部细节，把 JSON 当作回答递出去。

    例子：
        「get_weather 函数返回了 {"text": "晴"}。」

    怎么办：
        用平常的话说同样的内容：「北京今天晴。」
    """
    code = "TC608"
    name = "ans.meta_leak"
    severity = Severity.WARNING
    only_if = staticmethod(_MAY_LEAK)
    _weather = (human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}))
    good = (FINE, row(*_weather, gpt("根据查询结果，北京今天晴。")))
    bad = (
        row(*_weather, gpt("函数返回的结果是晴。")),
        row(*_weather, gpt("我用 get_weather 查到北京今天晴。")),
        row(*_weather, gpt('{"text": "晴"}')),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for answer in answers(conversation):
            if leak := _leak(answer.message, conversation):
                asked = "\n".join(each.text for each in conversation.messages[: answer.index] if each.role == "user")
                if not _WANTS_JSON.search(asked) and leak.lower() not in asked.lower():
                    text = Prose(f"the answer shows its machinery: {leak}", f"回答暴露了内部细节：{leak}")
                    yield self.on_message(answer.message, text)


def _leak(message: Assistant, conversation: Conversation) -> str:
    """What an answer gives away, empty where it is nothing."""
    text = message.text
    if "{" in text and (match := _OBJECT.search(text)):
        return match.group()
    if "_" in text:
        named = [tool.name for tool in conversation.tools if tool.name and "_" in tool.name and tool.name in text]
        if named:
            return named[0]
    if not any(word in text for word in _TELLTALE):
        return ""
    match = _MACHINERY.search(text)
    return match.group() if match else ""
