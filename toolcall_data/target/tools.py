"""A `tools` value as LLaMA-Factory reads and prints it: whether it can, and what it changes.

Source: LLaMA-Factory 0.9.5, data/formatter.py (ToolFormatter) and the `tool_formatter` of every tool format in
data/tool_utils.py. Each `_print_...` below touches what that one touches of a tool, in the same order, so that what
fails there fails here. How little of a schema a format prints is the format's matter, not an alteration of the row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from toolcall_data.conversation.json_text import decode, kind_of
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.outcome import EndedError, Outcome, aborting, aborts, alters
from toolcall_data.target.templates import Template
from toolcall_data.target.tokens import half_character


def judge_tools(tools: JSON, template: Template, at: str) -> tuple[bool, Outcome | None]:
    """Whether any text is printed for a `tools` value that counts as true, and what is trained instead of it.

    Raises:
        EndedError: the job aborts.
    """
    style = template.tools
    if not isinstance(tools, str):
        with aborting(
            Prose(f"`tools` is {kind_of(tools)}, not a string", f"`tools` 是 {kind_of(tools)}，不是字符串"), at
        ):
            if style is None:
                raise EndedError(aborts(RuntimeError(f"Expected a string, got {tools}"), _NOT_TEXT, at))
            json.loads(tools)
    if style is None:
        return True, alters(EMPTY_LIST, tools, at) if tools.strip() in ("[]", "{}") else None
    found = _judged(tools, style, at)
    if isinstance(found, Outcome):
        raise EndedError(found)
    return found


EMPTY_LIST = Prose(
    "`tools` is an empty list, which counts as tools; an empty string means none",
    "`tools` 是空列表，会被当作有工具；没有工具应写空字符串",
)
_NOT_TEXT = Prose("`tools` is no string", "`tools` 不是字符串")


@lru_cache(maxsize=1024)
def _judged(text: str, style: str, at: str) -> tuple[bool, Outcome | None] | Outcome:
    """`judge_tools` of a string; remembered, for sets repeat few tool lists."""
    try:
        return _printed(text, style, at)
    except EndedError as ended:
        return ended.outcome


def _printed(text: str, style: str, at: str) -> tuple[bool, Outcome | None]:
    found = decode(text)
    tools = _loaded(text, at) if found.error else found.value
    with aborting(Prose(f"`tools` is {kind_of(tools)}, not a list", f"`tools` 是 {kind_of(tools)}，不是列表"), at):
        is_empty = len(tools) == 0
    if not is_empty:
        print_all(tools, style, at)
    if found.error:
        raise EndedError(half_character(at))
    return not is_empty, _altered(tools, style, tuple(found.duplicate_keys), at)


def _loaded(text: str, at: str) -> JSON:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        detail = f"{error.msg.removesuffix(' at')} at column {error.pos + 1}"
        refused = RuntimeError(f"Invalid JSON format in tool description: {[text]}.")
        raise EndedError(
            aborts(refused, Prose(f"`tools` is no JSON: {detail}", f"`tools` 不是 JSON：{detail}"), at)
        ) from None
    except (ValueError, RecursionError) as error:
        cause = Prose(f"Python cannot read `tools`: {error}", f"Python 无法读取 `tools`：{error}")
        raise EndedError(aborts(error, cause, at)) from None


def _altered(tools: JSON, style: str, duplicates: tuple[str, ...], at: str) -> Outcome | None:
    if style in LOSES_BARE:
        for index, tool in enumerate(tools):
            if "function" not in tool and tool.get("type") == "function":
                cause = Prose(
                    f"tool {index + 1} says `type: function` and has no `function`",
                    f"第 {index + 1} 个工具写了 `type: function` 却没有 `function`",
                )
                return alters(cause, Prose("an empty string in its place", "以空字符串代替"), at)
    if duplicates:
        keys = ", ".join(f"`{key}`" for key in duplicates)
        cause = Prose(f"{keys} stands twice in `tools`", f"`tools` 中 {keys} 出现两次")
        return alters(cause, Prose("the last of them alone", "只保留最后一个"), at)
    return None


LOSES_BARE = frozenset({"minimax1", "minimax2"})
"""Tool formats that print nothing of a tool that says `type: function` without a `function`."""


def print_all(tools: JSON, style: str, at: str) -> None:
    """Does nothing where the tool format can print all tools.

    Raises:
        EndedError: the job aborts.
    """
    if style == "seed_oss" or (style not in _PRINTERS and all(type(tool) is dict for tool in tools)):
        return
    touch = _PRINTERS.get(style, _print_whole)
    names = []
    for index, tool in enumerate(tools):
        with aborting(partial(_why_not, tool, index, style), at):
            names.append(touch(tool))
    if style == "default":
        with aborting(Prose("the name of a tool is no string", "工具名不是字符串"), at):
            ", ".join(names)


def _print_whole(tool: JSON) -> JSON:
    return tool.get("type")


def _print_default(tool: JSON) -> JSON:
    tool = tool.get("function", "") if tool.get("type") == "function" else tool
    for name, schema in tool["parameters"]["properties"].items():
        name in tool["parameters"].get("required", [])  # noqa: B015
        if schema.get("enum"):
            ", ".join(schema["enum"])
        if schema.get("items"):
            schema["items"].get("type")
        schema.get("type")
    return tool["name"]


def _print_glm4(tool: JSON) -> JSON:
    tool = tool.get("function", "") if tool.get("type") == "function" else tool
    return tool["name"]


def _print_gemma4(tool: JSON) -> JSON:
    tool = tool.get("function", tool) if tool.get("type") == "function" else tool
    name = tool["name"]
    if schema := tool.get("parameters"):
        if schema.get("properties"):
            for _, one in schema["properties"].items():  # noqa: PERF102 - `values` fails with another text
                one.get("type")
        if schema.get("required"):
            list(schema["required"])
    if response := tool.get("response"):
        response.get("description")
    return name


_PRINTERS: Mapping[str, Callable[[JSON], JSON]] = {
    "default": _print_default,
    "glm4": _print_glm4,
    "gemma4": _print_gemma4,
}


def _why_not(tool: JSON, index: int, style: str) -> Prose:
    """Why a tool format cannot print a tool."""
    number = index + 1
    if not isinstance(tool, dict):
        return Prose(
            f"tool {number} is {kind_of(tool)}, not an object", f"第 {number} 个工具是 {kind_of(tool)}，不是对象"
        )
    is_wrapped = tool.get("type") == "function"
    definition = tool.get("function", tool if style == "gemma4" else None) if is_wrapped else tool
    if not isinstance(definition, dict):
        return Prose(
            f"tool {number} says `type: function`, and its `function` is {kind_of(definition)}",
            f"第 {number} 个工具写了 `type: function`，其 `function` 是 {kind_of(definition)}",
        )
    lacking = [key for key in ("name", "parameters") if definition.get(key) is None]
    if style != "default":
        lacking = [key for key in lacking if key == "name"]
    if lacking:
        return Prose(
            f"tool {number} has no `{lacking[0]}`, which the tool format `{style}` prints",
            f"第 {number} 个工具没有 `{lacking[0]}`，而工具格式 `{style}` 要输出它",
        )
    return Prose(
        f"the tool format `{style}` cannot print the parameters of tool {number}",
        f"工具格式 `{style}` 无法输出第 {number} 个工具的参数",
    )
