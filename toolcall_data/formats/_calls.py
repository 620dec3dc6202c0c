"""Reading tool calls and tool lists out of JSON values and JSON strings: shared by the formats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import orjson

from toolcall_data.conversation.json_text import Decoded, decode, encode, kind_of
from toolcall_data.conversation.model import JSON, NOTHING, Call, CallError, Problem, Tool, unchecked

_made_call = unchecked(Call)
_made_tool = unchecked(Tool)

THINK = re.compile(r"\A\s*<think>(.*?)</think>\s*", re.DOTALL)
CANONICAL_THINK = re.compile(r"\A<think>\n(.*?)\n</think>\n\n", re.DOTALL)
BLOCK = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)


@lru_cache(maxsize=1024)
def tools_of_text(text: str) -> tuple[tuple[Tool, ...], tuple[Problem, ...]]:
    """The tools of a `tools` string and what is wrong with the string; remembered, for sets repeat few tool lists.

    An empty string means no tools. A single definition that is not in a list is read as a list of one.
    """
    if text == "":
        return (), ()
    found = decode(text)
    if found.error is not None:
        return (), (Problem(kind="tool.not_json", detail=found.error, value=text),)
    if not isinstance(found.value, list):
        problem = Problem(kind="tool.not_list", detail=kind_of(found.value), value=text)
        return ((Tool(raw=found.value),) if isinstance(found.value, dict) else ()), (problem,)
    return tools_of_list(found.value), ()


def tools_of_list(items: list[JSON]) -> tuple[Tool, ...]:
    """The tools of a decoded list; items that are no objects are kept, nameless."""
    return tuple([_tool(item) for item in items])


def _tool(raw: JSON) -> Tool:
    """The tool with this definition: the same object for the same definition, so that what is found out about it stays.

    Lists of tools that are all different still repeat tools.
    """
    try:
        key = orjson.dumps(raw, option=_NOTHING_BUT_JSON)
    except TypeError:
        return _made_tool(raw=raw)
    if b"null" in key:
        # Perhaps a NaN, which orjson writes so.
        return _made_tool(raw=raw)
    if (known := _TOOLS.get(key)) is not None:
        return known
    if len(_TOOLS) >= _MOST_TOOLS:
        _TOOLS.clear()
    found = _TOOLS[key] = _made_tool(raw=raw)
    return found


_TOOLS: dict[bytes, Tool] = {}
_MOST_TOOLS = 4096
_NOTHING_BUT_JSON = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS


def calls_of_value(text: str, *, at: str) -> tuple[Call, ...]:
    """The calls of a LLaMA-Factory `function_call` value: one JSON object or a list of them.

    What cannot be read becomes one call with an `error` that keeps the text.
    """
    found = decode(text)
    if found.error is None and type(found.value) is dict:
        return (_call_of(found.value, found, text, at, ""),)
    if found.error is not None:
        return (_failed("not_json", found.error, text, at),)
    if isinstance(found.value, list):
        if not found.value:
            return (_failed("empty_list", "an empty list holds no call", text, at),)
        return tuple(_call_of(item, found, encode(item), at, f"/{index}") for index, item in enumerate(found.value))
    return (_call_of(found.value, found, text, at, ""),)


def _call_of(item: JSON, found: Decoded, raw: str, at: str, sub: str) -> Call:
    if not isinstance(item, dict):
        return _failed("not_object", f"a call is an object, this is {kind_of(item)}", raw, at, sub)
    name = item.get("name")
    error = None if "name" in item and "arguments" in item else _lacking(item)
    return _made_call(
        name=name if isinstance(name, str) else None,
        arguments=item.get("arguments"),
        raw=raw,
        error=error,
        duplicate_keys=found.duplicate_keys,
        not_finite=found.not_finite,
        extra=_rest(item),
        at=at,
        sub=f"{sub}/arguments",
    )


def _lacking(item: Mapping[str, JSON]) -> CallError:
    missing = [f"`{key}`" for key in ("name", "arguments") if key not in item]
    keys = ", ".join(f"`{key}`" for key in item) or "nothing"
    return CallError(kind="keys", detail=f"has {keys}, lacks {' and '.join(missing)}")


def _rest(item: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a call says beside its name and arguments."""
    if len(item) == 2 and "name" in item and "arguments" in item:
        return NOTHING
    return {key: value for key, value in item.items() if key not in ("name", "arguments")}


def _failed(kind: str, detail: str, raw: str, at: str, sub: str = "") -> Call:
    return Call(error=CallError.model_validate({"kind": kind, "detail": detail}), raw=raw, at=at, sub=sub)


def call_of_openai(item: Mapping[str, JSON], *, at: str, call_id: str | None) -> Call:
    """A call of OpenAI's `function` object: `arguments` is a JSON string, or an object where a publisher decoded it.

    An empty string is what several servers write for a call without arguments.
    """
    name, written = item.get("name"), item.get("arguments")
    found = decode(written or "{}") if isinstance(written, str) else Decoded(value=written)
    error = None
    if "arguments" not in item or not isinstance(name, str):
        error = CallError(kind="keys", detail="lacks `name` or `arguments`")
    elif found.error is not None:
        error = CallError(kind="not_json", detail=found.error)
    return _made_call(
        name=name if isinstance(name, str) else None,
        arguments=found.value,
        id=call_id,
        raw=written if isinstance(written, str) else encode(written),
        error=error,
        duplicate_keys=found.duplicate_keys,
        not_finite=found.not_finite,
        extra=_rest(item),
        at=f"{at}/arguments",
    )


def call_object(call: Call) -> dict[str, JSON]:
    """A call as LLaMA-Factory wants it: `name` and `arguments`, the latter an object."""
    return {"name": call.name, "arguments": call.arguments}
