"""Short builders of sharegpt rows for the rules' examples, the tests and the documentation.

row(human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}), gpt("晴。"))
"""

from __future__ import annotations

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON

Turn = dict[str, JSON]

WEATHER: dict[str, JSON] = {
    "name": "get_weather",
    "description": "查询城市的天气预报",
    "parameters": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "城市名"},
            "days": {"type": "integer", "description": "预报天数", "minimum": 1, "maximum": 15},
            "unit": {"type": "string", "description": "温度单位", "enum": ["celsius", "fahrenheit"]},
            "date": {"type": "string", "description": "起始日期", "format": "date"},
        },
        "required": ["city"],
    },
}
"""The tool that examples offer when they name none."""


def human(text: JSON) -> Turn:
    """A user turn."""
    return {"from": "human", "value": text}


def gpt(text: JSON) -> Turn:
    """An answer of the model."""
    return {"from": "gpt", "value": text}


def observation(value: JSON) -> Turn:
    """A tool result; anything but a string is written as JSON."""
    return {"from": "observation", "value": value if isinstance(value, str) else encode(value)}


def system(text: JSON) -> Turn:
    """A system turn."""
    return {"from": "system", "value": text}


def call(name: str, **arguments: JSON) -> Turn:
    """A function_call turn with one call."""
    return call_text(encode({"name": name, "arguments": arguments}))


def calls(*each: Turn) -> Turn:
    """A function_call turn with several parallel calls, each made by `call`."""
    return call_text("[" + ", ".join(turn["value"] for turn in each) + "]")


def call_text(text: JSON) -> Turn:
    """A function_call turn with exactly this value."""
    return {"from": "function_call", "value": text}


def turn(role: JSON, value: JSON) -> Turn:
    """A turn of any role."""
    return {"from": role, "value": value}


def tool(name: str, /, required: list[str] | None = None, **properties: JSON) -> dict[str, JSON]:
    """A tool definition from its properties, each a JSON Schema."""
    return {
        "name": name,
        "description": f"示例工具 {name}",
        "parameters": {"type": "object", "properties": properties, "required": required or []},
    }


def row(*turns: Turn, tools: list[JSON] | str | None = None, system: JSON = "", **extra: JSON) -> dict[str, JSON]:
    """A sharegpt row. `tools` is a list of definitions or the exact string; left out, the weather tool is offered."""
    offered = [WEATHER] if tools is None else tools
    text = offered if isinstance(offered, str) else encode(offered)
    return {"conversations": list(turns), "system": system, "tools": text, **extra}


def chat(*turns: Turn, system: JSON = "") -> dict[str, JSON]:
    """A row without tools."""
    return row(*turns, tools="", system=system)
