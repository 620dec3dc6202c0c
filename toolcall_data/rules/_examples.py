"""Rows that many rules use as examples: a question, one turn of the model, its result, the answer."""

from __future__ import annotations

from toolcall_data.conversation.build import Turn, call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON


def step(turn: Turn, *, tools: list[JSON] | str | None = None) -> dict[str, JSON]:
    """A row in which the model answers a question with this turn, gets a result and answers."""
    return row(human("北京天气？"), turn, observation({"text": "晴"}), gpt("北京今天晴。"), tools=tools)


def asked(tool: JSON, /, **arguments: JSON) -> dict[str, JSON]:
    """A row whose one tool is called with these arguments."""
    return step(call(tool["name"], **arguments), tools=[tool])


def weather(**arguments: JSON) -> dict[str, JSON]:
    """A row that calls the weather tool with these arguments."""
    return step(call("get_weather", **arguments))


FINE = weather(city="北京", days=3)
"""A row without a fault."""
