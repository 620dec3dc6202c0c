"""conv.starts_not_user: a row that begins with the model or a result."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import a_message
from toolcall_data.rules.base import Finding, Rule


class ConvStartsNotUser(Rule):
    """A conversation must begin with the user.

    What it does:
        Reports a row whose first message, after the system message, is an answer, a call or a result.

    Why it matters:
        LLaMA-Factory drops a row that begins with the model (`Invalid role tag`). One that begins with a result is
        trained as if the prompt began with a tool's output.

    Example:
        A greeting `你好，有什么可以帮你？` of the model before the user has said a word.

    What to do:
        Move a greeting into the system prompt or cut it off; put the lost question before a result.
        The fix, which is unsafe, cuts off all that stands before the first question.
    """

    chinese = """对话必须从用户开始。

    检查什么：
        系统消息之后的第一条消息是回答、调用或结果。

    为什么重要：
        以模型开头的行会被 LLaMA-Factory 丢弃（`Invalid role tag`）；以结果开头的行则会照样训练，
        好像提示是从工具的输出开始的。

    例子：
        用户还没说话，模型先问候「你好，有什么可以帮你？」

    怎么办：
        把问候移到系统提示里或删掉；在结果之前补回丢失的问题。
        自动修复（不安全）会删掉第一个提问之前的内容。
    """
    code = "TC205"
    name = "conv.starts_not_user"
    applicability = "unsafe"
    only_if = staticmethod(is_irregular)
    good = (FINE,)
    bad = (
        chat(gpt("你好，有什么可以帮你？"), human("再见"), gpt("再见！")),
        row(observation({"text": "晴"}), gpt("晴。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        first = next((message for message in conversation.messages if message.role != "system"), None)
        if first is None or first.role == "user" or (first.role == "malformed" and first.reason == "unknown_role"):
            return
        if first.role != "malformed" or first.side == "model" or first.meant == "tool":
            begins = a_message(first)
            text = Prose(f"the conversation begins with {begins}", f"对话以{begins.zh}开头")
            yield self.on_message(first, text, role=True, mends=_from_user(conversation) is not None)

    def fix(self, conversation: Conversation) -> Conversation:
        left = _from_user(conversation)
        return conversation if left is None else with_messages(conversation, left)


def _from_user(conversation: Conversation) -> list[AnyMessage] | None:
    """The messages from the first question on, system messages kept; None where nothing needs to go, or all would."""
    lead: list[AnyMessage] = []
    for index, message in enumerate(conversation.messages):
        if message.role == "user":
            return [*lead, *conversation.messages[index:]] if index > len(lead) else None
        if message.role == "system":
            lead.append(message)
        elif message.role == "malformed":
            return None
    return None
