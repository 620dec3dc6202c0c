"""tool.schema_invalid: parameters that are no JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.build import tool
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON, Conversation, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import compiled_of
from toolcall_data.rules._edit import with_parameters
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import cured_by, named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity

_RANGE: JSON = {"type": "number", "minimum": 0, "exclusiveMinimum": True, "description": "金额"}


class ToolSchemaInvalid(Rule):
    """Parameters must be a valid JSON Schema.

    What it does:
        Reports parameters that Draft 2020-12 refuses even after the usual spellings (`str`, a flat map, `required` as
        a boolean ...) were read for what they mean: a property that is no schema, a null among them, a pattern that is
        no regular expression, a `$ref` that leads nowhere. Spellings of an older draft (`items` as a list,
        `exclusiveMinimum` as a boolean) are a warning. Types that nobody knows are the matter of `tool.type_unknown`.

    Why it matters:
        LLaMA-Factory prints whatever stands there, so the model learns from a definition that means nothing, and calls
        of the tool cannot be judged. Nulls are what is left when unlike tools were merged into one table: the model
        sees the arguments of other tools.

    Example:
        `{"type": "object", "properties": {"city": "城市名"}}`

    What to do:
        Write the schema in JSON Schema's words: `{"type": "string", "description": "城市名"}`. The fix rewrites the
        spellings of older drafts.
    """

    chinese = """参数表必须是合法的 JSON Schema。

    检查什么：
        先按常见写法（`str`、平铺的参数表、布尔值 `required` 等）读懂参数表，仍被 Draft 2020-12 拒绝的就报告：属性不是
        模式、属性为 null、`pattern` 不是正则表达式、`$ref` 指向不存在的地方。旧版本的写法（`items` 为列表、
        `exclusiveMinimum` 为布尔值）报警告。没人认识的类型由 `tool.type_unknown` 报告。

    为什么重要：
        LLaMA-Factory 原样打印，模型学到的是没有意义的定义，对该工具的调用也无法判断。null 是把结构不同的工具合并成
        一张表留下的，模型会看到别的工具的参数。

    例子：
        `{"type": "object", "properties": {"city": "城市名"}}`

    怎么办：
        用 JSON Schema 的写法：`{"type": "string", "description": "城市名"}`。自动修复会改写旧版本的写法。
    """

    code = "TC309"
    name = "tool.schema_invalid"
    looks_at = "tools"
    applicability = "safe"
    good = (FINE, offers(tool("f", a={"type": ["string", "null"]})))
    bad = (
        offers(tool("f", city="城市名")),
        offers(tool("f", city={"type": "string"}, zone=None)),
        offers(tool("f", city={"type": "string", "pattern": "("})),
        offers(tool("f", amount=_RANGE)),
        offers({"name": "f", "description": "", "parameters": "无"}),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, found in enumerate(conversation.tools):
            if isinstance(found.parameters, dict):
                yield from self._judge(conversation, index, found)
            elif found.parameters is not None:
                kind = kind_of(found.parameters)
                text = Prose(
                    f"the parameters of {named(found)} are {kind}, not a schema",
                    f"{named_zh(found)}的参数表是 {kind}，不是模式",
                )
                yield self.on_tool(conversation, index, text, inside=found.parameters_pointer, mends=False)

    def _judge(self, conversation: Conversation, index: int, found: Tool) -> Iterator[Finding]:
        compiled = compiled_of(found)
        for repair in compiled.normalised.repairs:
            if repair.kind in ("null", "draft"):
                text = Prose(
                    f"the schema of {named(found)} is not valid: {repair.detail}",
                    f"{named_zh(found)}的模式不合法：{repair.detail.zh}",
                )
                is_older = repair.kind == "draft"
                yield self.on_tool(
                    conversation,
                    index,
                    text,
                    inside=found.parameters_pointer + repair.pointer,
                    hint=cured_by(repair.kind, found),
                    mends=is_older,
                    severity=Severity.WARNING if is_older else None,
                )
        if (fault := compiled.fault) is not None:
            at = _as_written(found.parameters, fault.pointer)
            where, where_zh = (f" at `{at[1:]}`", f"（`{at[1:]}`）") if at else ("", "")
            text = Prose(
                f"the schema of {named(found)} is not valid{where}: {fault.detail}",
                f"{named_zh(found)}的模式不合法{where_zh}：{fault.detail}",
            )
            yield self.on_tool(conversation, index, text, inside=found.parameters_pointer + at, mends=False)

    def fix(self, conversation: Conversation) -> Conversation:
        return with_parameters(conversation, {"draft"})


def _as_written(parameters: JSON, at: str) -> str:
    """The place of a fault in the parameters as written, or the nearest one around it that the repairs left there."""
    while at:
        try:
            follow(parameters, at)
        except (LookupError, ValueError):
            at = at.rpartition("/")[0]
        else:
            return at
    return at
