"""tool.schema_invalid: parameters that are no JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import Conversation
from toolcall_data.rules._against_schema import compiled_of
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._repairs import named
from toolcall_data.rules.base import Finding, Rule


class ToolSchemaInvalid(Rule):
    """Parameters must be a valid JSON Schema.

    What it does:
        Reports parameters that Draft 2020-12 refuses even after the usual spellings (`str`, a flat map, `required` as
        a boolean ...) were read for what they mean: an unknown type, a property that is no schema, a null among them,
        an enum without a value of its type, a pattern that is no regular expression, a `$ref` that leads nowhere.

    Why it matters:
        LLaMA-Factory prints whatever stands there, so the model learns from a definition that means nothing, and calls
        of the tool cannot be judged. Nulls are what is left when unlike tools were merged into one table: the model
        sees the arguments of other tools.

    Example:
        `{"type": "object", "properties": {"when": {"type": "datetime"}}}`

    What to do:
        Write the schema in JSON Schema's words: `{"type": "string", "format": "date-time"}`.
    """

    code = "TC309"
    name = "tool.schema_invalid"
    looks_at = "tools"
    good = (FINE, row(human("你好"), gpt("你好！"), tools=[tool("f", a={"type": ["string", "null"]})]))
    bad = (
        row(human("你好"), gpt("你好！"), tools=[tool("f", when={"type": "datetime"})]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", city="城市名")]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", city={"type": "string"}, zone=None)]),
        row(human("你好"), gpt("你好！"), tools=[tool("f", level={"type": "integer", "enum": ["高", "低"]})]),
        row(human("你好"), gpt("你好！"), tools=[{"name": "f", "description": "", "parameters": "无"}]),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, found in enumerate(conversation.tools):
            if found.parameters is None:
                continue
            if not isinstance(found.parameters, dict):
                text = f"the parameters of {named(found)} are {kind_of(found.parameters)}, not a schema"
                yield self.on_tool(conversation, index, text, inside=found.parameters_pointer)
                continue
            compiled = compiled_of(found)
            for repair in compiled.normalised.repairs:
                if repair.kind in ("null", "enum_type"):
                    text = f"the schema of {named(found)} is not valid: {repair.detail}"
                    yield self.on_tool(conversation, index, text, inside=found.parameters_pointer + repair.pointer)
            if (fault := compiled.fault) is not None:
                at = "" if compiled.repairs("flat") else fault.pointer
                text = f"the schema of {named(found)} is not valid{_where(fault.pointer)}: {fault.detail}"
                yield self.on_tool(conversation, index, text, inside=found.parameters_pointer + at)


def _where(pointer: str) -> str:
    return f" at `{pointer[1:]}`" if pointer else ""
