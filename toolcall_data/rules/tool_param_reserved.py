"""tool.param_reserved: argument names that cannot be written everywhere."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import arguments
from toolcall_data.rules.base import Finding, Rule, Severity

_SELF = frozenset({"self", "cls"})


def _taking(name: str) -> dict[str, JSON]:
    return offers({**tool("find"), "parameters": {"type": "object", "properties": {name: {"type": "string"}}}})


class ToolParamReserved(Rule):
    """An argument's name should be a plain identifier.

    What it does:
        Reports an argument of the tool, not one nested deeper, whose name is a Python keyword (`from`, `class`),
        `self`, no identifier (`user-id`, `a.b`, an empty one), or not ASCII.

    Why it matters:
        Templates that write calls as Python code, such as `lfm2` of LLaMA-Factory, make text of it that cannot be read
        back. Names in Chinese are usually a translator's work: the server knows the original only.

    Example:
        `{"properties": {"from": {"type": "string"}}}`

    What to do:
        Nothing for a keyword, if your template writes calls as JSON. Restore names that were translated.
    """

    chinese = """参数名应当是普通的标识符。

    检查什么：
        报告名字是 Python 关键字（`from`、`class`）、`self`、不合法的标识符（`user-id`、`a.b`、空名字）或非 ASCII
        的参数；只看工具的直接参数，不看更深的嵌套。

    为什么重要：
        把调用写成 Python 代码的模板（如 LLaMA-Factory 的 `lfm2`）会写出无法再解析的文本。中文参数名多半是翻译造成的，
        服务器只认识原来的名字。

    例子：
        `{"properties": {"from": {"type": "string"}}}`

    怎么办：
        模板把调用写成 JSON 的话，关键字不必处理。被翻译的名字要恢复。
    """

    code = "TC340"
    name = "tool.param_reserved"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("convert", from_currency={"type": "string"}, type={"type": "string"})))
    bad = (
        _taking("from"),
        _taking("user-id"),
        _taking("姓名"),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in arguments(conversation):
            below = part.at.removeprefix(part.tool.parameters_pointer).removeprefix("/properties")
            why = _why(part.name) if below.count("/") == 1 else None
            if why is not None:
                text = Prose(
                    f"the argument `{part.name}` of {named(part.tool)} {why}",
                    f"{named_zh(part.tool)}的参数名 `{part.name}` {why.zh}",
                )
                yield self.on_tool(conversation, part.index, text, inside=part.at)


def _why(name: str) -> Prose | None:
    if not name.isascii():
        return Prose("is not ASCII", "不全是 ASCII 字符")
    if keyword.iskeyword(name):
        return Prose("is a Python keyword", "是 Python 关键字")
    if name in _SELF:
        return Prose("is what Python calls the object itself", "在 Python 里指对象自身")
    return None if name.isidentifier() else Prose("is no identifier", "不是合法的标识符")
