"""conv.unknown_role: a role outside the tags."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, turn
from toolcall_data.conversation.model import AnyMessage, Conversation, Malformed
from toolcall_data.formats.sharegpt import message_of
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import kind
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules.base import Finding, Rule


class ConvUnknownRole(Rule):
    """Every message must have a role that the tags name.

    What it does:
        Reports a role that is none of the format's: another set's name for it, a capital letter, or none at all.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag`; in OpenAI messages it ends with a `KeyError`.

    Example:
        `{"from": "Human", "value": "你好"}`: the tag is `human`.

    What to do:
        Rename the role (the fix does so where the meaning is known), or name it under `tags` in dataset_info.json,
        where all tags must then be given.
    """

    chinese = """每条消息的角色都必须是标签里有的。

    检查什么：
        角色不属于该格式：另一套格式的叫法、首字母大写，或根本没有角色。

    为什么重要：
        LLaMA-Factory 以 `Invalid role tag` 丢弃整行；OpenAI 消息则以 `KeyError` 中断。

    例子：
        `{"from": "Human", "value": "你好"}`：标签应是 `human`。

    怎么办：
        改角色名（含义明确时自动修复会改），或在 dataset_info.json 的 `tags` 下写明，那里必须给出全部标签。
    """
    code = "TC202"
    name = "conv.unknown_role"
    only_if = staticmethod(is_irregular)
    applicability = "safe"
    good = (FINE,)
    bad = (
        chat(turn("Human", "你好"), turn("GPT", "你好！")),
        chat(turn("user", "你好"), turn("assistant", "你好！")),
        chat(human("你好"), turn("narrator", "他想了想。"), human("再见"), gpt("再见！")),
        chat(turn(None, "你好"), gpt("你好！")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role == "malformed" and message.reason == "unknown_role":
                hint = _hint(message)
                yield self.on_message(
                    message, _said(message), hint=hint, role=True, mends=_mendable(conversation, message)
                )

    def fix(self, conversation: Conversation) -> Conversation:
        messages = list(conversation.messages)
        first = messages[0] if messages else None
        if first is not None and first.role == "malformed" and _is_system_prompt(conversation, first):
            messages = messages[1:]
            conversation = conversation.model_copy(update={"system": first.content, "system_at": first.value_at})
        mended = [_mended(message) for message in messages]
        return conversation if mended == list(conversation.messages) else with_messages(conversation, mended)


def _hint(message: Malformed) -> str:
    if message.meant is None:
        return ""
    english, chinese = _WORDS[message.meant]
    return Prose(f"it stands for the {english} role", f"它指的是{chinese}角色")


_WORDS = {
    "system": ("system", "系统"),
    "user": ("user", "用户"),
    "assistant": ("assistant", "助手"),
    "call": ("function call", "函数调用"),
    "tool": ("result", "结果"),
}


def _is_system_prompt(conversation: Conversation, first: Malformed) -> bool:
    return first.reason == "unknown_role" and first.meant == "system" and _mendable(conversation, first)


def _said(message: Malformed) -> Prose:
    if message.tag is None:
        return Prose("the message has no role", "消息没有角色")
    if isinstance(message.tag, str):
        return Prose(f"unknown role `{message.tag}`", f"未知的角色 `{message.tag}`")
    found = kind(message.tag)
    return Prose(f"the role is {found}", f"角色是{found.zh}")


def _mendable(conversation: Conversation, message: Malformed) -> bool:
    if not isinstance(message.content, str) or message.meant is None:
        return False
    return message.meant != "system" or (not conversation.system and message is conversation.messages[0])


def _mended(message: AnyMessage) -> AnyMessage:
    if message.role != "malformed" or message.reason != "unknown_role":
        return message
    if message.meant is None or message.meant == "system" or not isinstance(message.content, str):
        return message
    return message_of(message.meant, message.content, at=message.at, value_at=message.value_at, extra=message.extra)
