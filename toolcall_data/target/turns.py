"""What LLaMA-Factory's converters make of a row, and what the two that read messages have in common.

Source: LLaMA-Factory 0.9.5, data/converter.py, and the check at the head of data/processor/supervised.py. Rows reach
the converters through Arrow, which fills a key that other rows have with null; so a missing key is read as null here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Prose
from toolcall_data.target.outcome import EndedError, Outcome, aborting, aborts, alters, drops
from toolcall_data.target.registration import Registration
from toolcall_data.target.unread import unread

Role: TypeAlias = Literal["user", "assistant", "observation", "function", "system"]

ODD, EVEN = ("user", "observation"), ("assistant", "function")
"""The roles that may stand at the first, third, ... place and those at the second, fourth, ... one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: its role by LLaMA-Factory's own name, its content, and the place of that in the row."""

    role: Role
    content: JSON
    at: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A row after conversion: `turns` is prompt and response, `media` counts images, videos and audios.

    `altered` is what the conversion changes or loses, `joined` where results stand that it joined by Qwen's tags.
    """

    turns: tuple[Turn, ...]
    system: JSON
    system_at: str
    tools: JSON
    tools_at: str
    media: tuple[int, int, int] = (0, 0, 0)
    altered: tuple[Outcome, ...] = ()
    joined: tuple[str, ...] = ()


RANKING = Prose(
    "the entry says `ranking: true`: pairs of answers are no data for supervised training",
    "条目写了 `ranking: true`：成对的回答不能用于监督微调",
)
_KTO = Prose(
    "the KTO label makes two answers of the row; supervised training takes one",
    "KTO 标签使该行有两个回答；监督微调只接受一个",
)
NOT_MESSAGES = Prose("the messages are no list of objects", "消息不是由对象组成的列表")


def messages_of(row: Mapping[str, JSON], tags: Registration) -> JSON:
    """The messages of a row, of whatever type.

    Raises:
        EndedError: there are none, or the entry names no column for them.
    """
    if tags.messages is None:
        cause = Prose("the entry's `columns` name no `messages`", "条目的 `columns` 没有写 `messages`")
        raise EndedError(aborts(KeyError(None), cause))
    found = row.get(tags.messages)
    if found is None:
        cause = Prose(f"the row has no `{tags.messages}`", f"该行没有 `{tags.messages}`")
        error = "object of type 'NoneType' has no len()" if tags.system_tag else "'NoneType' object is not iterable"
        raise EndedError(aborts(TypeError(error), cause, item_at(tags.messages)))
    return found


def message_cause(tags: Registration) -> Prose:
    """Why the messages cannot be read where reading them fails."""
    lacking = [name for name in ("role_tag", "content_tag") if getattr(tags, name) is None]
    if not lacking:
        return NOT_MESSAGES
    return Prose(f"the entry's `tags` leave out `{lacking[0]}`", f"条目的 `tags` 没有写 `{lacking[0]}`")


def is_led(messages: JSON, tags: Registration) -> bool:
    """Whether a system message stands first.

    Raises:
        EndedError: the messages are no list of objects, and the trainer fails on them here.
    """
    with aborting(NOT_MESSAGES, item_at(tags.messages or "")):
        return bool(tags.system_tag) and len(messages) != 0 and field_of(messages[0], tags.role_tag) == tags.system_tag


def field_of(message: JSON, key: str | None) -> JSON:
    """A key of a message: null where Arrow would fill it; else what Python says of the value."""
    return message.get(key) if isinstance(message, dict) and key is not None else message[key]


def roles_of(tags: Registration) -> dict[JSON, Role]:
    """The role of each tag; where tags are alike, or left out and so all None, the last one counts."""
    return {
        tags.user_tag: "user",
        tags.assistant_tag: "assistant",
        tags.observation_tag: "observation",
        tags.function_tag: "function",
        tags.system_tag: "system",
    }


def out_of_turn(tag: JSON, index: int, wanted: list[str]) -> Prose:
    """Why a turn (from 0) may not have this role where one of `wanted` must stand."""
    return Prose(
        f"turns must alternate: turn {index + 1} is `{tag}` where {' or '.join(f'`{one}`' for one in wanted)} must be",
        f"轮次必须交替：第 {index + 1} 轮是 `{tag}`，此处应为 {' 或 '.join(f'`{one}`' for one in wanted)}",
    )


def refuse_count(turns: list[Turn], at: str) -> None:
    """Does nothing where turns come in pairs.

    Raises:
        EndedError: there is none, or the last has no answer.
    """
    if not turns:
        raise EndedError(drops(Prose("there are no turns to train on", "没有可训练的轮次"), at))
    if len(turns) % 2:
        cause = Prose(
            f"the last turn ({turns[-1].role}) has no answer: an odd number of turns, {len(turns)}",
            f"最后一轮（{turns[-1].role}）没有回答：轮数为奇数 {len(turns)}",
        )
        raise EndedError(drops(cause, turns[-1].at))


def refuse_pairs(row: Mapping[str, JSON], columns: Registration, answer: type) -> None:
    """Does nothing where the row has one answer, an `answer` being the type of those that come in pairs.

    Raises:
        EndedError: it is a KTO row, or `ranking` counts as true without being it.
    """
    if columns.kto_tag and isinstance(row.get(columns.kto_tag), bool):
        raise EndedError(drops(_KTO, item_at(columns.kto_tag)))
    pair = [row.get(name or "") for name in (columns.chosen, columns.rejected)]
    if columns.ranking and (columns.formatting != "alpaca" or all(isinstance(one, answer) for one in pair)):
        raise EndedError(drops(RANKING))


def finished(
    row: Mapping[str, JSON],
    columns: Registration,
    turns: list[Turn],
    system: JSON,
    system_key: str | None,
    system_at: str | None = None,
) -> Converted:
    """The converted row; `system_at` is where a leading system message stands that wins over the column."""
    altered = [*unread(row, columns)]
    column = row.get(system_key) if system_key else None
    if system_at is not None and column and column != system and columns.formatting == "sharegpt":
        altered.append(alters(_COLUMN_LOST, Prose("the system message", "系统消息"), item_at(system_key or "")))
    return Converted(
        turns=tuple(turns),
        system=system,
        system_at=item_at(system_key or "") if system_at is None else system_at,
        tools=row.get(columns.tools) if columns.tools else "",
        tools_at=item_at(columns.tools or ""),
        media=(_count(row, columns.images), _count(row, columns.videos), _count(row, columns.audios)),
        altered=tuple(altered),
    )


_COLUMN_LOST = Prose(
    "the row has two system prompts: the leading message wins and the column is not read",
    "该行有两个系统提示：以开头的系统消息为准，系统列不会被读取",
)


def _count(row: Mapping[str, JSON], column: str | None) -> int:
    found = row.get(column) if column else None
    return len(found) if isinstance(found, list) else int(found is not None)
