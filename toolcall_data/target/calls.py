"""A `function_call` turn as LLaMA-Factory reads and prints it: whether it can, and what it changes.

Source: LLaMA-Factory 0.9.5, data/formatter.py (FunctionFormatter) and the `function_formatter` of every tool format in
data/tool_utils.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from toolcall_data.conversation.json_text import decode, encode, kind_of
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.outcome import EndedError, Outcome, aborting, aborts, alters
from toolcall_data.target.templates import Template
from toolcall_data.target.tokens import half_character, refuse_half_characters

NEEDS_OBJECT = frozenset({"qwen3_5", "glm4_moe", "seed_oss", "minimax2", "lfm2"})
"""Tool formats that print arguments one by one."""

JOINS_NAME = frozenset({"glm4_moe", "seed_oss"})
"""Those that add the name to a string, which only a string can be."""

PRINTS_NAME_AS_PYTHON = frozenset({"default", "glm4", "qwen3_5", "minimax2", "gemma4", "lfm2"})
"""Those in which a name that is no string is printed as Python prints it."""

PRINTS_NO_CALL = frozenset({"llama3", "mistral", "lfm2"})
"""Those that print an empty list of calls as such; `glm4` fails on one, the others print no list."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """A value cut as the trainer cuts it: the JSON, what it puts in front of the calls, and what that changes."""

    json_text: str
    is_block: bool
    moved: Prose | None = None
    front: str = ""


def judge_call(value: JSON, template: Template, at: str) -> Outcome | None:
    """What is trained instead of this value, None where it is trained as meant.

    Raises:
        EndedError: the job aborts.
    """
    if not isinstance(value, str):
        with aborting(Prose(f"a call is {kind_of(value)}, not a string", f"调用是 {kind_of(value)}，不是字符串"), at):
            json.loads(value) if template.folds_system else re.search("", value)
    parts = _parts(value, template)
    found = decode(parts.json_text)
    calls = _objects(_loaded(value, parts, template, at) if found.error else found.value, at)
    _refuse_unprintable(calls, template, at)
    if found.error:
        raise EndedError(half_character(at))
    refuse_half_characters(value, at)
    return next(_altered(value, parts, calls, tuple(found.duplicate_keys), template, at), None)


def _parts(value: str, template: Template) -> _Parts:
    if template.folds_system:
        return _Parts(value, is_block=False)
    if span := _between(value, template.call_words):
        return _block_parts(value, *span, template)
    if span := _between(value, template.thought_words):
        thought = value[span[0] : span[1]]
        moved = None
        if value[: span[0]].strip() or value.count(thought) > 1:
            moved = _THOUGHT_MOVED
        return _Parts(value.replace(thought, ""), is_block=False, moved=moved, front=thought)
    return _Parts(value, is_block=False)


def _block_parts(value: str, start: int, end: int, template: Template) -> _Parts:
    opening, closing = template.call_words
    rest, moved = value[end:], None
    if opening in rest:
        moved = _SEVERAL_BLOCKS
    elif rest:
        moved = _TEXT_MOVED
    inner = value[start + len(opening) : end - len(closing)]
    return _Parts(inner, is_block=True, moved=moved, front=value.replace(value[start:end], ""))


def _between(value: str, words: tuple[str, str]) -> tuple[int, int] | None:
    """The first span from the first word to the next second one, both included."""
    start = value.find(words[0])
    end = value.find(words[1], start + len(words[0])) if start >= 0 else -1
    return (start, end + len(words[1])) if end >= 0 else None


_SEVERAL_BLOCKS = Prose(
    "several `<tool_call>` blocks: only the first is read as a call, and it is put behind the rest",
    "有多个 `<tool_call>` 块：只有第一个被当作调用解析，并被移到其余文字之后",
)
_TEXT_MOVED = Prose("text behind the call is put before it", "调用之后的文字会被移到调用之前")
_THOUGHT_MOVED = Prose(
    "thinking that does not open the value is cut out and put before the call",
    "不在开头的思考内容会被剪下并放到调用之前",
)


def _loaded(value: str, parts: _Parts, template: Template, at: str) -> JSON:
    """The JSON, where it holds half a character and nothing worse.

    Raises:
        EndedError: it is no JSON, or Python cannot read it.
    """
    try:
        return json.loads(parts.json_text)
    except json.JSONDecodeError as error:
        refused = RuntimeError(f"Invalid JSON format in function message: {[value]}.")
        raise EndedError(aborts(refused, _why_no_json(value, parts, template, error), at)) from None
    except (ValueError, RecursionError) as error:
        cause = Prose(f"Python cannot read the JSON: {error}", f"Python 无法读取该 JSON：{error}")
        raise EndedError(aborts(error, cause, at)) from None


def _why_no_json(value: str, parts: _Parts, template: Template, error: json.JSONDecodeError) -> Prose:
    detail = f"{error.msg.removesuffix(' at')} at column {error.pos + 1}"
    marks = [mark for mark in ("<think>", template.thought_words[0].strip(), "<tool_call>") if mark in value]
    if not value.strip():
        return Prose("the call is empty", "调用为空")
    if template.folds_system and marks:
        return Prose(
            f"the template `{template.name}` reads bare JSON only, no `{marks[0]}` before a call",
            f"模板 `{template.name}` 的调用只能是纯 JSON，前面不能有 `{marks[0]}`",
        )
    if parts.is_block:
        opening = template.call_words[0]
        return Prose(f"what `{opening}` holds is no JSON: {detail}", f"`{opening}` 里的内容不是 JSON：{detail}")
    if marks:
        words = " … ".join(encode(word) for word in template.thought_words)
        return Prose(f"thinking before a call must stand in exactly {words}", f"调用前的思考必须严格写在 {words} 之间")
    if "```" in value:
        return Prose("the call stands in a code fence", "调用写在代码块围栏里")
    return Prose(f"the call is no JSON: {detail}", f"调用不是 JSON：{detail}")


def _objects(value: JSON, at: str) -> list[tuple[JSON, JSON, JSON]]:
    """The calls: name, arguments, and the whole object."""
    items = value if isinstance(value, list) else [value]
    calls = []
    for index, item in enumerate(items):
        with aborting(partial(_why_no_call, item, index, len(items)), at):
            calls.append((item["name"], item["arguments"], item))
    return calls


def _why_no_call(item: JSON, index: int, count: int) -> Prose:
    which = ("the call", "调用") if count == 1 else (f"call {index + 1}", f"第 {index + 1} 个调用")
    if not isinstance(item, dict):
        return Prose(
            f"{which[0]} is {kind_of(item)}, not an object with `name` and `arguments`",
            f"{which[1]}是 {kind_of(item)}，不是带 `name` 与 `arguments` 的对象",
        )
    missing = [f"`{key}`" for key in ("name", "arguments") if key not in item]
    return Prose(f"{which[0]} has no {' and no '.join(missing)}", f"{which[1]}没有 {' 与 '.join(missing)}")


def _refuse_unprintable(calls: list[tuple[JSON, JSON, JSON]], template: Template, at: str) -> None:
    style = template.calls
    if style == "glm4" and len(calls) != 1:
        error = ValueError("GLM-4 does not support parallel functions.") if calls else IndexError(_OUT_OF_RANGE)
        raise EndedError(aborts(error, _NOT_ONE_CALL, at))
    if style not in NEEDS_OBJECT:
        return
    for name, arguments, _ in calls:
        if style in JOINS_NAME:
            with aborting(Prose("the name of a call is no string", "调用的名称不是字符串"), at):
                "" + name
        kind = kind_of(arguments)
        cause = Prose(
            f"`arguments` is {kind}, and the tool format `{style}` prints the keys of an object",
            f"`arguments` 是 {kind}，而工具格式 `{style}` 要逐个输出对象的键",
        )
        with aborting(cause, at):
            arguments.items()


_OUT_OF_RANGE = "list index out of range"
_NOT_ONE_CALL = Prose("the tool format `glm4` prints exactly one call a turn", "工具格式 `glm4` 每轮只能输出一个调用")


def _altered(
    value: str,
    parts: _Parts,
    calls: list[tuple[JSON, JSON, JSON]],
    duplicates: tuple[str, ...],
    template: Template,
    at: str,
) -> Iterator[Outcome]:
    shown = "\n".join(encode({"name": name, "arguments": arguments}) for name, arguments, _ in calls)
    if parts.moved is not None:
        yield alters(parts.moved, f"{parts.front}{shown}", at)
    if not calls and template.calls not in PRINTS_NO_CALL:
        yield alters(Prose("an empty list of calls", "空的调用列表"), Prose("an empty turn", "空的一轮"), at)
    if duplicates:
        keys = ", ".join(f"`{key}`" for key in duplicates)
        yield alters(Prose(f"{keys} stands twice: the last one counts", f"{keys} 出现两次：以最后一个为准"), shown, at)
    for name, arguments, item in calls:
        shown = encode({"name": name, "arguments": arguments})
        if dropped := [f"`{key}`" for key in item if key not in ("name", "arguments")]:
            yield alters(
                Prose(f"a call keeps `name` and `arguments` only, not {', '.join(dropped)}",
                      f"调用只保留 `name` 与 `arguments`，{'、'.join(dropped)} 会被丢掉"), shown, at)  # fmt: skip
        if cause := _text_arguments(arguments, template):
            yield alters(cause, arguments if template.calls == "gemma4" else shown, at)
        if not isinstance(name, str) and template.calls in PRINTS_NAME_AS_PYTHON and str(name) != encode(name):
            cause = Prose(
                "the name is no string and is printed as Python writes it", "名称不是字符串，会按 Python 写法输出"
            )
            yield alters(cause, str(name), at)
        if not _is_finite(item):
            cause = Prose("NaN or Infinity is no JSON, and is trained", "NaN 或 Infinity 不是 JSON，却会被训练")
            yield alters(cause, shown, at)


def _text_arguments(arguments: JSON, template: Template) -> Prose | None:
    """Why arguments that are a string are printed as another thing than they are."""
    if not isinstance(arguments, str):
        return None
    if template.calls == "gemma4":
        return Prose(
            "`arguments` is a string, and is printed without its quotes", "`arguments` 是字符串，输出时没有引号"
        )
    if isinstance(decode(arguments).value, dict | list):
        return Prose(
            "`arguments` is JSON inside a string: it is encoded once more",
            "`arguments` 是字符串里的 JSON：会被再编码一次",
        )
    return None


def _is_finite(value: JSON) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True
