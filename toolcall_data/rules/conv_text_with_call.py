"""conv.text_with_call: text beside a call in a form that the trainer does not keep."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import rewritten, with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules._text_beside import parted
from toolcall_data.rules.base import Finding, Rule, Severity

_CLOSING = "</tool_call>"
_CALL = '{"name": "get_weather", "arguments": {"city": "北京"}}'
_AFTER = (observation({"text": "晴"}), gpt("北京今天晴。"))


def _may_have_text(conversation: Conversation) -> bool:
    """Whether a call could not be read, or anything stands in brackets as marked calls do."""
    found = facts(conversation)
    return found.has_odd_call or found.has_markup


class ConvTextWithCall(Rule):
    """Text beside a call must stand where the trainer keeps it.

    What it does:
        Reports a call turn of a sharegpt row with plain text before bare JSON, or with text behind a `<tool_call>`
        block. The form `text<tool_call>JSON</tool_call>` is kept as it is and not reported, nor is the `content`
        beside the `tool_calls` of OpenAI messages.

    Why it matters:
        LLaMA-Factory ends the whole job at text before bare JSON (`Invalid JSON format in function message`; an error
        here), and moves text from behind a call to before it.

    Example:
        function_call `我来查一下。{"name": "get_weather", "arguments": {"city": "北京"}}`

    What to do:
        Write `text<tool_call>JSON</tool_call>`; the fix does.
    """

    chinese = """调用旁边的文字必须放在训练器会保留的位置。

    检查什么：
        sharegpt 行的调用轮里，纯 JSON 前面直接写了文字，或 `<tool_call>` 块后面还有文字。
        `文字<tool_call>JSON</tool_call>` 会原样保留，不报告；OpenAI 消息里与 `tool_calls` 并列的 `content` 也不报告。

    为什么重要：
        纯 JSON 前有文字时，LLaMA-Factory 整个任务中断（`Invalid JSON format in function message`，此时是错误）；
        调用后面的文字会被移到前面。

    例子：
        function_call `我来查一下。{"name": "get_weather", "arguments": {"city": "北京"}}`

    怎么办：
        写成 `文字<tool_call>JSON</tool_call>`；自动修复会这样做。
    """
    code = "TC225"
    name = "conv.text_with_call"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(_may_have_text)
    applicability = "safe"
    good = (FINE, row(human("北京天气？"), call_text(f"我来查一下。<tool_call>{_CALL}</tool_call>"), *_AFTER))
    bad = (
        row(human("北京天气？"), call_text(f"我来查一下。{_CALL}"), *_AFTER),
        row(human("北京天气？"), call_text(f"<tool_call>{_CALL}</tool_call>我来查一下。"), *_AFTER),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role != "assistant" or not message.calls or message.written is None:
                continue
            if parted(message):
                yield self.found(_BARE, at=message.value_at, excerpt=message.written, severity=Severity.ERROR)
            elif _is_behind(message):
                yield self.found(_BEHIND, at=message.value_at, excerpt=message.written)

    def fix(self, conversation: Conversation) -> Conversation:
        messages = [_mended(message) for message in conversation.messages]
        if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
            return conversation
        return with_messages(conversation, messages)


_BARE = Prose("text stands before the JSON of the call", "调用的 JSON 前面有文字")
_BEHIND = Prose("the text behind the call would be moved to before it", "调用后面的文字会被移到前面")


def _is_behind(message: Assistant) -> bool:
    """Whether text follows a turn's only block, whose calls were read."""
    written = message.written or ""
    if not message.text or written.count(_CLOSING) != 1 or any(call.error for call in message.calls):
        return False
    return bool(written.rpartition(_CLOSING)[2].strip())


def _mended(message: AnyMessage) -> AnyMessage:
    if message.role != "assistant" or not message.calls or message.written is None:
        return message
    if found := parted(message):
        return rewritten(message.model_copy(update={"text": found.text, "calls": found.calls}))
    return rewritten(message) if _is_behind(message) else message
