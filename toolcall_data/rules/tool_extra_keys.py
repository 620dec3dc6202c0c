"""tool.extra_keys: keys of a definition beyond the usual ones."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import WEATHER
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE, offers
from toolcall_data.rules._repairs import named, named_zh
from toolcall_data.rules.base import Finding, Rule, Severity

_USUAL = frozenset({"name", "description", "parameters"})
_WRAPPER = frozenset({"type", "function"})


class ToolExtraKeys(Rule):
    """How many definitions have keys beyond name, description and parameters.

    What it does:
        Counts definitions with other keys, such as `strict`, `outputSchema`, `category` or `id`. A misplaced `required`
        is the matter of `tool.required_misplaced`.

    Why it matters:
        It is a statistic: most templates of LLaMA-Factory print the whole definition, so such keys become part of the
        prompt, though a server rarely sends them.

    Example:
        `{"name": "get_weather", "category": "生活", ...}`

    What to do:
        Leave them out where your server does not send them.
    """

    chinese = """统计含有名字、描述和参数以外的键的定义。

    检查什么：
        统计含有其他键的定义，如 `strict`、`outputSchema`、`category`、`id`。放错位置的 `required` 由
        `tool.required_misplaced` 报告。

    为什么重要：
        这只是统计：LLaMA-Factory 的多数模板会打印整个定义，这些键就成了提示的一部分，而服务器很少发送它们。

    例子：
        `{"name": "get_weather", "category": "生活", ...}`

    怎么办：
        服务器不发送的就去掉。
    """

    code = "TC348"
    name = "tool.extra_keys"
    severity = Severity.INFO
    looks_at = "tools"
    good = (FINE, offers({"type": "function", "function": WEATHER}))
    bad = (offers({**WEATHER, "category": "生活"}),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            extra = [key for key in tool.definition if key not in _USUAL and key != "required"]
            if tool.is_wrapped:
                extra += [key for key in tool.raw if key not in _WRAPPER]
            if extra:
                names = [f"`{key}`" for key in extra]
                text = Prose(f"{named(tool)} also has {', '.join(names)}", f"{named_zh(tool)}还有 {'、'.join(names)}")
                yield self.on_tool(conversation, index, text)
