"""call.missing_required: a call without a required argument."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.schema.validator import Violation


class CallMissingRequired(SchemaRule):
    """A call must give every required argument.

    What it does:
        Reports a call that lacks an argument which its tool requires.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns calls that the tool refuses.

    Example:
        `search_books` requires `keywords`; the call gives only `author`.

    What to do:
        Add the argument if the conversation tells it, let the model ask for it, or correct the schema.
    """

    chinese = """调用必须给出所有必填参数。

    检查什么：
        调用缺少工具要求的参数。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是工具会拒绝的调用。

    例子：
        `search_books` 要求 `keywords`，调用只给了 `author`。

    怎么办：
        对话里说过就补上；没说过就让模型追问；或改正模式。
    """
    code = "TC410"
    name = "call.missing_required"
    kind = "required"
    good = (FINE,)
    bad = (weather(days=3), weather())

    def say(self, violation: Violation, broken: Broken) -> str:
        name, tool = violation.expected, broken.call.name
        return Prose(f"lacks `{name}`, which `{tool}` requires", f"缺少 `{tool}` 要求的 `{name}`")
