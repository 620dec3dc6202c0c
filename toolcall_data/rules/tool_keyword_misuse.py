"""tool.keyword_misuse: keywords that say nothing where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import compiled_of
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules._tool_parts import Part, schema_parts
from toolcall_data.rules.base import Finding, Rule, Severity

_FOR_STRINGS = "minLength maxLength pattern contentEncoding contentMediaType contentSchema"
_FOR_NUMBERS = "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"
_FOR_ARRAYS = (
    "items prefixItems minItems maxItems uniqueItems contains minContains maxContains additionalItems unevaluatedItems"
)
_FOR_OBJECTS = (
    "properties required additionalProperties patternProperties propertyNames minProperties maxProperties"
    " dependentRequired dependentSchemas unevaluatedProperties dependencies"
)
_FOR_ALL = (
    "type enum const title description default examples example format deprecated readOnly writeOnly nullable"
    " $ref $dynamicRef $defs definitions $schema $id id $anchor $dynamicAnchor $comment $vocabulary"
    " allOf anyOf oneOf not if then else discriminator xml externalDocs propertyOrdering strict"
)
_TYPES_OF = {
    **dict.fromkeys(_FOR_STRINGS.split(), frozenset({"string"})),
    **dict.fromkeys(_FOR_NUMBERS.split(), frozenset({"number", "integer"})),
    **dict.fromkeys(_FOR_ARRAYS.split(), frozenset({"array"})),
    **dict.fromkeys(_FOR_OBJECTS.split(), frozenset({"object"})),
}
_KNOWN = frozenset(_FOR_ALL.split()).union(_TYPES_OF)
_INSTEAD = {
    "optional": ("leave the argument out of `required`", "可选的参数不写进 `required`"),
    "is_required": ("list the argument in `required`", "把参数写进 `required`"),
    "example_value": ("the keyword is `examples`, a list", "关键字是 `examples`，值为列表"),
    "default_value": ("the keyword is `default`", "关键字是 `default`"),
    "desc": ("the keyword is `description`", "关键字是 `description`"),
    "options": ("the keyword is `enum`", "关键字是 `enum`"),
    "choices": ("the keyword is `enum`", "关键字是 `enum`"),
    "values": ("the keyword is `enum`", "关键字是 `enum`"),
    "min": ("the keyword is `minimum`", "关键字是 `minimum`"),
    "max": ("the keyword is `maximum`", "关键字是 `maximum`"),
}
_MOST = 5


class ToolKeywordMisuse(Rule):
    """Keywords must be known and fit the type they stand beside.

    What it does:
        Reports keywords that JSON Schema does not have (`optional`, `example_value`; those that begin with `x-` are
        fine), and those of another type than the argument's: `items` on a string, `minimum` on a list. A lower limit
        above the upper one, which no value can keep, is an error; calls are not blamed for it.

    Why it matters:
        Validators and servers ignore such a keyword, so what it should say does not hold, though the model reads it.

    Example:
        `{"type": "string", "items": {"type": "string"}}`

    What to do:
        Correct the type or the keyword, whichever is wrong.
    """

    chinese = """关键字必须是已知的，并且与所在的类型相符。

    检查什么：
        报告 JSON Schema 里没有的关键字（`optional`、`example_value`；以 `x-` 开头的不算），以及属于其他类型的关键字：
        字符串上的 `items`，列表上的 `minimum`。下限大于上限时没有值能满足，报错误，不再因此怪调用。

    为什么重要：
        校验器和服务器会忽略这样的关键字，它要表达的约束并不生效，模型却读到了它。

    例子：
        `{"type": "string", "items": {"type": "string"}}`

    怎么办：
        类型错了改类型，关键字错了改关键字。
    """

    code = "TC339"
    name = "tool.keyword_misuse"
    severity = Severity.WARNING
    looks_at = "tools"
    good = (
        FINE,
        offers(tool("find_book", year={"type": "integer", "format": "int32", "minimum": 1900, "x-order": 1})),
    )
    bad = (
        offers(tool("find_book", tags={"type": "string", "items": {"type": "string"}})),
        offers(tool("find_book", year={"type": "int", "optional": True, "example_value": 2020})),
        offers(tool("find_book", year={"type": "integer", "minimum": 10, "maximum": 1})),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for part in schema_parts(conversation):
            yield from self._unknown(conversation, part)
            yield from self._of_other_type(conversation, part)
        for index, found in enumerate(conversation.tools):
            for repair in compiled_of(found).normalised.repairs:
                if repair.kind == "limits":
                    text = Prose(
                        f"no value keeps the limits in {named(found)}: {repair.detail}",
                        f"没有值能满足{named_zh(found)}的限制：{repair.detail.zh}",
                    )
                    place = found.parameters_pointer + repair.pointer
                    yield self.on_tool(conversation, index, text, inside=place, severity=Severity.ERROR)

    def _unknown(self, conversation: Conversation, part: Part) -> Iterator[Finding]:
        words = [word for word in part.schema if word not in _KNOWN and not word.lower().startswith("x-")]
        if words:
            text = Prose(
                f"JSON Schema has no {_list(words)}, which {part.label} of {named(part.tool)} has",
                f"{named_zh(part.tool)}的{part.label_zh}里的 {_list(words)} 不是 JSON Schema 的关键字",
            )
            instead = next((_INSTEAD[word] for word in words if word in _INSTEAD), None)
            hint = Prose(*instead) if instead is not None else ""
            yield self.on_tool(conversation, part.index, text, inside=part.at, hint=hint)

    def _of_other_type(self, conversation: Conversation, part: Part) -> Iterator[Finding]:
        types = part.types - {"null"}
        words = [word for word in part.schema if word in _TYPES_OF and types.isdisjoint(_TYPES_OF[word])]
        words = [word for word in words if part.schema[word] is not None and type(part.schema[word]) is not bool]
        if types and words and part.role != "root":
            kinds = sorted(types)
            text = Prose(
                f"{_list(words)} says nothing about {part.label} of {named(part.tool)}, which is {' or '.join(kinds)}",
                f"{_list(words)} 对{named_zh(part.tool)}的{part.label_zh}不起作用，它的类型是 {' 或 '.join(kinds)}",
            )
            yield self.on_tool(conversation, part.index, text, inside=part.at)


def _list(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words[:_MOST]) + (" …" if len(words) > _MOST else "")
