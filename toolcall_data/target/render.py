"""A converted row under a chat template: whether every part of it can be printed, and what is printed otherwise.

Source: LLaMA-Factory 0.9.5, data/template.py (`_encode`, in the order in which it prints), data/formatter.py and the
checks at the head of data/mm_plugin.py. An empty thought that a reasoning template adds is as meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.json_text import kind_of
from toolcall_data.prose import Prose
from toolcall_data.target.calls import judge_call
from toolcall_data.target.outcome import EndedError, Outcome, aborting, aborts, alters
from toolcall_data.target.templates import Template
from toolcall_data.target.tokens import refuse_half_characters
from toolcall_data.target.tools import EMPTY_LIST, judge_tools
from toolcall_data.target.turns import Converted, Turn

KINDS = ("image", "video", "audio")


def render(row: Converted, template: Template) -> tuple[Outcome, ...]:
    """What the template changes of the row, nothing where it is printed as meant.

    Raises:
        EndedError: the job aborts.
    """
    _refuse_media(row, template)
    found = [*_system(row, template)]
    for index, turn in enumerate(row.turns):
        found += _turn(turn, index, template)
    if row.joined and not template.wraps_results:
        found.append(
            alters(_JOINED, Prose("one result with Qwen's tags in it", "一个夹着 Qwen 标签的结果"), row.joined[0])
        )
    return tuple(found)


def _refuse_media(row: Converted, template: Template) -> None:
    for kind, count in zip(KINDS, row.media, strict=True):
        if count and kind not in template.media:
            error = ValueError(
                f"This model does not support {kind} input. Please check whether the correct `template` is used."
            )
            cause = Prose(f"the template `{template.name}` takes no {kind}", f"模板 `{template.name}` 不接受 {kind}")
            raise EndedError(aborts(error, cause))
    if not template.counts_media:
        return
    counts = [0, 0, 0]
    for turn in row.turns:
        with aborting(_not_text(turn), turn.at):
            counts = [count + turn.content.count(f"<{kind}>") for kind, count in zip(KINDS, counts, strict=True)]
    for kind, found, given in zip(KINDS, counts, row.media, strict=True):
        if found != given:
            messages = [{"role": turn.role, "content": turn.content} for turn in row.turns]
            error = ValueError(f"The number of {kind}s does not match the number of <{kind}> tokens in {messages}.")
            cause = Prose(
                f"the texts hold `<{kind}>` {found} times, the row has {given} files: `{template.name}` counts them",
                f"文本中 `<{kind}>` 出现 {found} 次，该行有 {given} 个文件：`{template.name}` 会核对数量",
            )
            raise EndedError(aborts(error, cause))


def _system(row: Converted, template: Template) -> Iterator[Outcome]:
    """What becomes of the system prompt and the tools, which are printed before the first turn."""
    if not row.system and not row.tools:
        return
    has_tools = False
    if row.tools:
        has_tools, altered = judge_tools(row.tools, template, row.tools_at)
        yield from (altered,) if altered else ()
    kind = kind_of(row.system)
    with aborting(Prose(f"the system prompt is {kind}, not a string", f"系统提示是 {kind}，不是字符串"), row.system_at):
        text = (row.system or "") + ""
    refuse_half_characters(text, row.system_at)
    if not text and not has_tools and template.wraps_system and not template.has_default_system:
        yield alters(EMPTY_LIST, Prose("an empty system prompt", "空的系统提示"), row.tools_at)
    if template.folds_system and row.turns[0].role != "user" and (text or has_tools):
        at = row.system_at if text else row.tools_at
        yield alters(_FOLDED_AWAY, Prose("the row without system prompt and tools", "没有系统提示和工具的该行"), at)


_FOLDED_AWAY = Prose(
    "the template puts system prompt and tools into the first user turn, and the row does not start with one",
    "该模板把系统提示和工具放进第一个用户轮次，而该行不以用户轮次开头",
)


def _turn(turn: Turn, index: int, template: Template) -> Iterator[Outcome]:
    if turn.role == "function":
        altered = judge_call(turn.content, template, turn.at)
        yield from (altered,) if altered else ()
        return
    if turn.role == "system":
        cause = Prose("the entry's `tags` make a system message of a turn", "条目的 `tags` 把一轮当成了系统消息")
        raise EndedError(aborts(NotImplementedError("Unexpected role: system"), cause, turn.at))
    if not isinstance(turn.content, str):
        _refuse_value(turn, template)
    refuse_half_characters(turn.content, turn.at)
    if turn.role == "user" and template.fills_index and "{{idx}}" in turn.content:
        trained = turn.content.replace("{{idx}}", str(index // 2), 1)
        yield alters(_INDEX_FILLED, trained, turn.at)


def _refuse_value(turn: Turn, template: Template) -> None:
    cause = _not_text(turn)
    if turn.role == "user" and template.folds_system:
        with aborting(cause, turn.at):
            "" + turn.content
    raise EndedError(aborts(RuntimeError(f"Expected a string, got {turn.content}"), cause, turn.at))


def _not_text(turn: Turn) -> Prose:
    kind = kind_of(turn.content)
    return Prose(f"the text of a turn is {kind}, not a string", f"一轮的文本是 {kind}，不是字符串")


_INDEX_FILLED = Prose(
    "a literal `{{idx}}` of a user turn is LLaMA-Factory's own placeholder",
    "用户轮次中的 `{{idx}}` 是 LLaMA-Factory 的占位符",
)
_JOINED = Prose(
    "`formatting: openai` joins several tool results by Qwen's tags, whatever the template",
    "`formatting: openai` 用 Qwen 的标签连接多个工具结果，不论使用什么模板",
)
