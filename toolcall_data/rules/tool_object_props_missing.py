"""tool.object_props_missing: an object with nothing said about what is in it."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import Part, schema_parts
from toolcall_data.rules.base import Finding, Rule, Severity

_WORDS = "additionalProperties patternProperties propertyNames unevaluatedProperties enum const $ref anyOf oneOf allOf"
_SAYS = frozenset(_WORDS.split())


class ToolObjectPropsMissing(Rule):
    """A nested object should say what is in it.

    What it does:
        Reports an argument or an item of type `object` that has neither properties nor a schema of its values
        (`additionalProperties`).

    Why it matters:
        The model must invent the keys. OpenAI's strict mode refuses such a tool.

    Example:
        `{"filter": {"type": "object", "description": "过滤条件"}}`

    What to do:
        List the properties. Where any key is allowed, say so: `"additionalProperties": {"type": "string"}`.
    """

    chinese = """嵌套对象应写明里面有什么。

    检查什么：
        报告类型为 `object`、却既没有 `properties` 也没有说明值的模式（`additionalProperties`）的参数或列表元素。

    为什么重要：
        模型只能自己编键名。OpenAI 的严格模式拒绝这样的工具。

    例子：
        `{"filter": {"type": "object", "description": "过滤条件"}}`

    怎么办：
        列出各属性。如果键名不固定，就写明：`"additionalProperties": {"type": "string"}`。
    """

    code = "TC338"
    name = "tool.object_props_missing"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (FINE, offers(tool("find_book", filter={"type": "Dict[str, str]"})))
    bad = (
        offers(tool("find_book", filter={"type": "object", "description": "过滤条件"})),
        offers(tool("add_rows", rows={"type": "array", "items": {"type": "dict", "properties": {}}})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in schema_parts(conversation):
            if part.role in ("property", "items") and _is_empty(part):
                text = Prose(
                    f"{part.label} of {named(part.tool)} is an object and does not say what is in it",
                    f"{named_zh(part.tool)}的{part.label_zh}是对象，却没有写明里面有什么",
                )
                yield self.on_tool(conversation, part.index, text, inside=part.at)


def _is_empty(part: Part) -> bool:
    return part.types - {"null"} == {"object"} and not part.meant.get("properties") and _SAYS.isdisjoint(part.meant)
