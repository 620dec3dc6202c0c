"""Rows that many rules use as examples: a question, one turn of the model, its result, the answer."""

from __future__ import annotations

from toolcall_data.conversation.build import WEATHER, Turn, call, gpt, human, observation, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON


def step(turn: Turn, *, tools: list[JSON] | str | None = None) -> dict[str, JSON]:
    """A row in which the model answers a question with this turn, gets a result and answers."""
    return row(human("北京天气？"), turn, observation({"text": "晴"}), gpt("北京今天晴。"), tools=tools)


def asked(tool: JSON, /, **arguments: JSON) -> dict[str, JSON]:
    """A row whose one tool is called with these arguments."""
    return step(call(tool["name"], **arguments), tools=[tool])


def offers(*tools: JSON) -> dict[str, JSON]:
    """A row that offers these tools and needs none of them."""
    return row(human("你好"), gpt("你好！"), tools=list(tools))


def weather(**arguments: JSON) -> dict[str, JSON]:
    """A row that calls the weather tool with these arguments."""
    return step(call("get_weather", **arguments))


FINE = weather(city="北京", days=3)
"""A row without a fault."""


def messages(*turns: JSON) -> dict[str, JSON]:
    """A row of OpenAI messages that begins with a question and offers the weather tool."""
    first = {"role": "user", "content": "北京和上海天气？"}
    return {"messages": [first, *turns], "tools": [{"type": "function", "function": WEATHER}]}


def tool_calls(**cities: str) -> JSON:
    """A message of the model that asks for the weather of cities, each under its call id."""
    written = [
        {"id": key, "type": "function", "function": {"name": "get_weather", "arguments": encode({"city": city})}}
        for key, city in cities.items()
    ]
    return {"role": "assistant", "content": None, "tool_calls": written}


def tool_result(call_id: str, content: str) -> JSON:
    """The result of one call."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def said(text: str) -> JSON:
    """An answer."""
    return {"role": "assistant", "content": text}
