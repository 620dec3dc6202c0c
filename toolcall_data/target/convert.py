"""LLaMA-Factory's converters: a row under its registration becomes turns, a system prompt and tools.

Source: LLaMA-Factory 0.9.5, data/converter.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.convert_openai import openai
from toolcall_data.target.outcome import EndedError, aborting, aborts, drops
from toolcall_data.target.registration import Registration
from toolcall_data.target.turns import (
    RANKING,
    Converted,
    Turn,
    field_of,
    finished,
    is_led,
    message_cause,
    messages_of,
    out_of_turn,
    refuse_count,
    refuse_pairs,
    roles_of,
)


def convert(row: Mapping[str, JSON], registration: Registration) -> Converted:
    """The row as LLaMA-Factory's supervised training gets it.

    Raises:
        EndedError: the row is dropped, or the job aborts.
    """
    if registration.ranking is True:
        error = ValueError("The dataset is not applicable in the current training stage.")
        raise EndedError(aborts(error, RANKING))
    if registration.formatting not in _CONVERTERS:
        error = ValueError(f"Dataset converter {registration.formatting} not found.")
        name = registration.formatting
        raise EndedError(aborts(error, Prose(f"`formatting` is `{name}`", f"`formatting` 是 `{name}`")))
    return _CONVERTERS[registration.formatting](row, registration)


def _alpaca(row: Mapping[str, JSON], columns: Registration) -> Converted:
    turns = list(_history(row, columns.history))
    prompt_at = item_at(columns.prompt) if columns.prompt else ""
    parts = [row.get(name) for name in (columns.prompt, columns.query) if name and row.get(name)]
    with aborting(Prose("the instruction or the input is no string", "指令或输入不是字符串"), prompt_at):
        turns.append(Turn("user", "\n".join(parts), prompt_at))  # type: ignore[arg-type]
    refuse_pairs(row, columns, str)
    answer = row.get(columns.response) if columns.response else None
    answer_at = item_at(columns.response) if columns.response else ""
    if not isinstance(answer, str):
        raise EndedError(drops(_no_answer(columns, answer), answer_at))
    turns.append(Turn("assistant", answer, answer_at))
    return finished(row, columns, turns, row.get(columns.system) if columns.system else "", columns.system)


def _no_answer(columns: Registration, answer: JSON) -> Prose:
    if not columns.response:
        return Prose("the entry names no `response` column", "条目没有写 `response` 列")
    kind = kind_of(answer)
    return Prose(f"`{columns.response}` is {kind}, not a string", f"`{columns.response}` 是 {kind}，不是字符串")


def _history(row: Mapping[str, JSON], key: str | None) -> Iterator[Turn]:
    """The turns before the last; what is no list is passed over."""
    found = row.get(key) if key else None
    if not key or not isinstance(found, list):
        return
    for index, pair in enumerate(found):
        at = item_at(key, index)
        cause = Prose(
            f"turn {index + 1} of `{key}` is no pair of question and answer",
            f"`{key}` 的第 {index + 1} 轮不是一问一答的一对",
        )
        with aborting(cause, at):
            question, answer = pair
        yield Turn("user", question, f"{at}/0")
        yield Turn("assistant", answer, f"{at}/1")


def _sharegpt(row: Mapping[str, JSON], tags: Registration) -> Converted:
    messages = messages_of(row, tags)
    led, at = is_led(messages, tags), item_at(tags.messages or "")
    with aborting(message_cause(tags), at):
        system = field_of(messages[0], tags.content_tag) if led else row.get(tags.system or "")
        turns = list(_turns(messages[1:] if led else messages, tags, int(led)))
    refuse_count(turns, at)
    refuse_pairs(row, tags, dict)
    system_at = item_at(tags.messages or "", 0, tags.content_tag or "") if led else None
    return finished(row, tags, turns, system, tags.system, system_at)


def _turns(messages: JSON, tags: Registration, first: int) -> Iterator[Turn]:
    """The turns in the order that LLaMA-Factory wants.

    Raises:
        EndedError: they stand in another order, and the row is dropped.
    """
    roles, key = roles_of(tags), tags.messages or ""
    accepted = ((tags.user_tag, tags.observation_tag), (tags.assistant_tag, tags.function_tag))
    for index, message in enumerate(messages):
        tag = field_of(message, tags.role_tag)
        if tag not in accepted[index % 2]:
            raise EndedError(drops(_wrong_role(tag, index, tags), item_at(key, index + first)))
        content = field_of(message, tags.content_tag)
        yield Turn(roles[tag], content, item_at(key, index + first, tags.content_tag or ""))


def _wrong_role(tag: JSON, index: int, tags: Registration) -> Prose:
    """Why a turn's role is not accepted at its place (from 0, the leading system message not counted)."""
    known = [tag for tag in roles_of(tags) if tag is not None]
    if tag == tags.system_tag and tag is not None:
        return Prose("a system message that is not the first", "系统消息不在最前面")
    if tag not in known:
        named = f"`{tag}`" if isinstance(tag, str) else kind_of(tag)
        return Prose(
            f"the role {named} is none of {', '.join(f'`{one}`' for one in known)}",
            f"角色 {named} 不属于 {'、'.join(f'`{one}`' for one in known)}",
        )
    wanted = (tags.assistant_tag, tags.function_tag) if index % 2 else (tags.user_tag, tags.observation_tag)
    return out_of_turn(tag, index, [one for one in wanted if one])


_CONVERTERS = {"alpaca": _alpaca, "sharegpt": _sharegpt, "openai": openai}
