"""tool.outputschema_mismatch: a result that its tool does not promise."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.address import parts
from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.json_text import decode
from toolcall_data.conversation.model import JSON, Call, Conversation, Result
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import offered_tools, shown
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import OfTools
from toolcall_data.rules._turns import Step, steps
from toolcall_data.rules.base import Finding, Rule, Severity
from toolcall_data.schema.validator import Violation, violations

_PROMISES: JSON = {
    "type": "object",
    "properties": {"price": {"type": "number"}, "currency": {"type": "string"}},
    "required": ["price"],
}
_NO_FAULT = frozenset({"unknown_arg", "float_for_integer"})
_MOST = 3


def _returned(result: JSON) -> dict[str, JSON]:
    stock = {**tool("get_stock", ["code"], code={"type": "string", "description": "代码"}), "outputSchema": _PROMISES}
    turns = (human("600519 多少钱？"), call("get_stock", code="600519"), observation(result), gpt("1500 元。"))
    return row(*turns, tools=[stock])


def _promises_output(conversation: Conversation) -> bool:
    """Whether a tool has an output schema."""
    return any("outputSchema" in tool.definition for tool in conversation.tools)


class ToolOutputschemaMismatch(Rule):
    """A result must fit the output schema of its tool.

    What it does:
        Reports a result that breaks the `outputSchema` of its tool, as MCP servers declare it. Results that report an
        error or are no JSON, and keys that the schema does not name, are not judged.

    Why it matters:
        The model learns to read results that the server never sends: invented by a language model, or translated.

    Example:
        `outputSchema` requires the number `price`; the result is `{"价格": 1500}`.

    What to do:
        Run the tool again, or write the result as the schema has it; correct the answer too.
    """

    chinese = """工具结果必须符合该工具的输出模式。

    检查什么：
        报告不符合工具 `outputSchema`（MCP 服务器的声明）的结果。报告出错的结果、不是 JSON 的结果，以及模式里没有提到的
        键，不作判断。

    为什么重要：
        模型学着去读服务器从不会发送的结果：由语言模型编造，或被翻译过。

    例子：
        `outputSchema` 要求数字 `price`，结果却是 `{"价格": 1500}`。

    怎么办：
        重新执行工具，或按模式改写结果，并相应改正回答。
    """

    code = "TC350"
    name = "tool.outputschema_mismatch"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = OfTools(_promises_output)
    good = (FINE, _returned({"price": 1500.5, "time": "15:00"}))
    bad = (_returned({"价格": 1500}), _returned({"price": "一千五"}))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        schemas = {
            name: offered.tool.definition["outputSchema"]
            for name, offered in offered_tools(conversation).items()
            if isinstance(offered.tool.definition.get("outputSchema"), dict)
        }
        if not schemas:
            return
        for step in steps(conversation):
            for each, result in _pairs(step):
                schema = schemas.get(each.name or "")
                found = _broken(schema, result) if schema is not None else []
                if found:
                    name = each.name
                    english = "; ".join(_said(violation) for violation in found[:_MOST])
                    chinese = "；".join(_said(violation).zh for violation in found[:_MOST])
                    text = Prose(
                        f"the result is not what `{name}` promises: {english}",
                        f"结果不符合 `{name}` 的声明：{chinese}",
                    )
                    yield self.on_message(result, text, excerpt=result.content)


def _pairs(step: Step) -> Iterator[tuple[Call, Result]]:
    """Each call with its result: by id where there are ids, else by order where there are as many."""
    by_id = {result.call_id: result for result in step.results if result.call_id is not None}
    if by_id:
        yield from ((each, by_id[each.id]) for each in step.message.calls if each.id in by_id)
    elif len(step.results) == len(step.message.calls):
        yield from zip(step.message.calls, step.results, strict=True)


def _broken(schema: dict[str, JSON], result: Result) -> list[Violation]:
    read = decode(result.content)
    if read.error is not None or result.is_error:
        return []
    value = read.value
    if isinstance(value, dict):
        if value.get("isError") is True or "error" in value:
            return []
        value = value.get("structuredContent", value)
    if schema.get("type") == "object":
        found = violations(schema, value)
    elif "$ref" in str(schema):
        return []
    else:
        whole = {"type": "object", "properties": {"result": schema}}
        found = violations(whole, {"result": value})
    return [violation for violation in found if violation.kind not in _NO_FAULT]


def _said(violation: Violation) -> Prose:
    place = "/".join(parts(violation.pointer)) or "result"
    if violation.keyword == "required":
        lacking = violation.expected if isinstance(violation.expected, str) else ", ".join(violation.expected)
        return Prose(f"`{place}` lacks `{lacking}`", f"`{place}` 缺少 `{lacking}`")
    if violation.keyword == "type":
        kinds = violation.expected
        return Prose(
            f"`{place}` must be {' or '.join(kinds)}, is {shown(violation.found)}",
            f"`{place}` 应为 {' 或 '.join(kinds)}，实际是 {shown(violation.found)}",
        )
    found = shown(violation.found)
    return Prose(f"`{place}` breaks `{violation.keyword}`: {found}", f"`{place}` 不符合 `{violation.keyword}`：{found}")
