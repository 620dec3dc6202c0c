"""tool.type_unknown: a type that no one knows."""

from __future__ import annotations

from toolcall_data.conversation.build import tool
from toolcall_data.conversation.model import Tool
from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import RepairRule, named, named_zh
from toolcall_data.schema.normalise import Repair
from toolcall_data.schema.type_names import TYPES

_MEANT = {
    "datetime": '{"type": "string", "format": "date-time"}',
    "timestamp": '{"type": "string", "format": "date-time"}',
    "date": '{"type": "string", "format": "date"}',
    "time": '{"type": "string", "format": "time"}',
    "url": '{"type": "string", "format": "uri"}',
    "uri": '{"type": "string", "format": "uri"}',
    "email": '{"type": "string", "format": "email"}',
    "uuid": '{"type": "string", "format": "uuid"}',
    "enum": '{"type": "string", "enum": [...]}',
    "file": '{"type": "string"}',
    "image": '{"type": "string"}',
}


class ToolTypeUnknown(RepairRule):
    """Every type must be one that JSON Schema or a common language has.

    What it does:
        Reports a `type` that is neither JSON Schema's nor another language's name of one: `datetime`, `城市`, a number,
        an object. The other keywords of the argument still count when calls are judged.

    Why it matters:
        LLaMA-Factory prints it as it stands, so the model learns a word that means nothing. Servers refuse such a tool,
        and no value can be judged against the type.

    Example:
        `{"when": {"type": "datetime"}}`

    What to do:
        Write the type of the JSON value, and what it means as `format`: `{"type": "string", "format": "date-time"}`.
    """

    chinese = """每个类型都必须是 JSON Schema 或常见语言里有的类型。

    检查什么：
        报告既不是 JSON Schema 的类型、也不是其他语言写法的 `type`：`datetime`、`城市`、数字、对象。判断调用时，
        该参数的其他关键字仍然有效。

    为什么重要：
        LLaMA-Factory 原样打印它，模型学到的是一个没有意义的词。服务器拒绝这样的工具，参数值也无法按类型检查。

    例子：
        `{"when": {"type": "datetime"}}`

    怎么办：
        写 JSON 值的类型，含义写进 `format`：`{"type": "string", "format": "date-time"}`。
    """

    code = "TC322"
    name = "tool.type_unknown"
    kind = "type_unknown"
    good = (FINE, offers(tool("find_train", start={"type": "string", "format": "date-time"})))
    bad = (
        offers(tool("find_train", start={"type": "datetime"})),
        offers(tool("find_train", start={"type": ["string", "时间"]})),
        offers(tool("find_train", start={"type": 5})),
    )

    def say(self, repair: Repair, tool: Tool) -> str:
        return Prose(
            f"a type of {named(tool)} is `{repair.detail}`, which nobody knows",
            f"{named_zh(tool)}有一个没人认识的类型 `{repair.detail.zh}`",
        )

    def advice(self, repair: Repair, tool: Tool) -> str:
        meant = _MEANT.get(repair.detail.lower().replace("-", "").replace("_", ""))
        if meant is not None:
            return Prose(f"write `{meant}`", f"写成 `{meant}`")
        near = nearest(repair.detail.lower(), sorted(TYPES))
        return Prose(f"did you mean `{near[0]}`?", f"是不是 `{near[0]}`？") if near else ""
