"""conv.unknown_role: a role outside the tags."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, turn
from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import AnyMessage, Conversation, Malformed
from toolcall_data.formats.sharegpt import message_of
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
                hint = f"it stands for the {_WORD[message.meant]} role" if message.meant else ""
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


_WORD = {"system": "system", "user": "user", "assistant": "assistant", "call": "function call", "tool": "result"}


def _is_system_prompt(conversation: Conversation, first: Malformed) -> bool:
    return first.reason == "unknown_role" and first.meant == "system" and _mendable(conversation, first)


def _said(message: Malformed) -> str:
    if message.tag is None:
        return "the message has no role"
    return f"unknown role `{message.tag}`" if isinstance(message.tag, str) else f"the role is {kind_of(message.tag)}"


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
