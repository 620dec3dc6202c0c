"""ds.near_dup_tools: one schema under several names."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row, tool
from toolcall_data.conversation.model import Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._definitions import DefinitionsRule
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._row_keys import in_one_spelling, key_of

_CITY = {"type": "string", "description": "城市名"}
_NAMES = 6


class DsNearDupTools(DefinitionsRule):
    """A statistic: tools that have the same parameters and other names.

    What it does:
        Groups the tools of the whole input whose parameters are the same, descriptions of the parameters included, and
        whose names differ. Tools without parameters are left out. `tool.conflicting_defs` shows the reverse, one name
        with several schemas. The rule runs only when it is named.

    Why it matters:
        A tool under several names teaches the model to read definitions, if it is meant. If it is not, one product's
        tool has several spellings.

    Example:
        `get_weather`, `getWeather` and `weather_query`, all with `city`.

    What to do:
        Where the names should be one, rename the tool and its calls.
    """

    chinese = """统计：参数相同、名字不同的工具。

    检查什么：
        把整个输入里参数（包括参数的描述）相同、名字不同的工具归为一组。没有参数的工具不算。
        反过来，同一名字有多种定义的情况见 `tool.conflicting_defs`。只有点名才运行本规则。

    为什么重要：
        如果是有意的，一个工具用几个名字能教模型去读定义；如果不是，就是同一个产品的工具有几种写法。

    例子：
        `get_weather`、`getWeather` 和 `weather_query`，参数都是 `city`。

    怎么办：
        名字本该一致时，统一改工具名和调用。
    """
    code = "TC821"
    name = "ds.near_dup_tools"
    hint = Prose("where they should be one tool, rename it and its calls", "如果本该是同一个工具，统一改名，调用也要改")
    good = ((FINE, FINE),)
    bad = (
        (
            row(human("你好"), gpt("你好！"), tools=[tool("get_weather", city=_CITY)]),
            row(human("早"), gpt("早！"), tools=[tool("weather_query", city=_CITY)]),
        ),
    )

    def grouped(self, tool: Tool) -> tuple[str, str] | None:
        parameters = tool.parameters
        if tool.name is None or not isinstance(parameters, dict) or not parameters.get("properties"):
            return None
        return str(key_of(in_one_spelling(parameters))), tool.name

    def say(self, group: str, members: list[str], others: Prose) -> Prose:
        names = ", ".join(f"`{name}`" for name in members[:_NAMES]) + ("…" if len(members) > _NAMES else "")
        return Prose(
            f"{len(members):,} tools have the same parameters: {names}; also {others}",
            f"{len(members):,} 个工具的参数相同：{names}，另见{others.zh}",
        )
