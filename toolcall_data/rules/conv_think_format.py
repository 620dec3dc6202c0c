"""conv.think_format: thinking that the template cannot part from the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, chat, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation
from toolcall_data.formats.sharegpt import assistant_value
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_markup
from toolcall_data.rules.base import Finding, Rule

_CANONICAL = re.compile(r"<think>\n.*?\n</think>\n\n", re.DOTALL)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_WORD = re.compile(r"</?think>")
_CALL = '{"name": "get_weather", "arguments": {"city": "北京"}}'


class ConvThinkFormat(Rule):
    """Thinking must stand between the template's thought words.

    What it does:
        Reports a call turn whose thinking is not byte for byte `<think>`, line break, thinking, line break,
        `</think>`, two line breaks before the JSON. In every answer it reports a `<think>` that is never closed, a
        `</think>` that was never opened, and one inside another. Words inside code are left alone.

    Why it matters:
        LLaMA-Factory cannot part `<think>X</think>{json}` and ends the whole job with `Invalid JSON format in
        function message`. An unclosed thought is trained as it is, and the empty thought of other rows is left out.

    Example:
        `<think>先查天气</think>{"name": "get_weather", "arguments": {"city": "北京"}}`

    What to do:
        Write the thinking in the one form; the fix does so where the thinking could be read.
    """

    chinese = """思考必须写在模板的思考标记之间。

    检查什么：
        调用轮里的思考不是逐字节的 `<think>`、换行、思考、换行、`</think>`、两个换行再接 JSON。
        所有回答里：没有关闭的 `<think>`、没有开头的 `</think>`、一个套在另一个里面。代码里的不算。

    为什么重要：
        LLaMA-Factory 拆不开 `<think>X</think>{json}`，以 `Invalid JSON format in function message` 中断整个任务。
        没有关闭的思考会原样训练，其他行会补的空思考也不会补。

    例子：
        `<think>先查天气</think>{"name": "get_weather", "arguments": {"city": "北京"}}`

    怎么办：
        写成这唯一的形式；思考能读出来时，自动修复会这样做。
    """
    code = "TC217"
    name = "conv.think_format"
    only_if = staticmethod(has_markup)
    applicability = "safe"
    good = (
        FINE,
        row(
            human("北京天气？"),
            call_text(f"<think>\n先查天气。\n</think>\n\n{_CALL}"),
            observation({"text": "晴"}),
            gpt("<think>\n查到了。\n</think>\n\n晴。"),
        ),
        chat(human("思考标签怎么写？"), gpt("写成 `<think>`。")),
    )
    bad = (
        row(human("北京天气？"), call_text(f"<think>先查天气。</think>{_CALL}"), observation("晴"), gpt("晴。")),
        row(human("北京天气？"), call_text(f"<think>\n先查。\n</think>\n{_CALL}"), observation("晴"), gpt("晴。")),
        chat(human("你好"), gpt("<think>\n用户在打招呼。\n\n你好！")),
        chat(human("你好"), gpt("<think>\n想<think>再想</think>\n</think>\n\n你好！")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role != "assistant" or not _has_words(message):
                continue
            if _is_crooked(message):
                text = Prose(
                    "the thinking before the call is not in the form that the template parts",
                    "调用前的思考不是模板能拆开的形式",
                )
                yield self.on_message(
                    message, text, excerpt=message.written or "", mends=_canonical(message) is not None
                )
            elif fault := _unbalanced(message):
                yield self.on_message(message, fault, excerpt=message.written or message.text, mends=False)

    def fix(self, conversation: Conversation) -> Conversation:
        messages = [_mended(message) for message in conversation.messages]
        return conversation if messages == list(conversation.messages) else with_messages(conversation, messages)


def _has_words(message: Assistant) -> bool:
    return any("think>" in text for text in (message.written, message.text, message.thinking) if text)


def _is_crooked(message: Assistant) -> bool:
    """Thinking that was read from a call turn, though not in the canonical form."""
    if message.written is None or message.thinking is None or not message.calls:
        return False
    return _CANONICAL.match(message.written.lstrip()) is None


def _unbalanced(message: Assistant) -> Prose | None:
    if message.thinking is not None and _WORD.search(_CODE.sub("", message.thinking)):
        return Prose("a thought word stands inside the thinking", "思考里面还有思考标记")
    rest = message.text if message.thinking is not None or message.written is None else message.written
    depth = 0
    for word in _WORD.findall(_CODE.sub("", rest)):
        depth += 1 if word == "<think>" else -1
        if depth < 0:
            return Prose("`</think>` closes what no `<think>` opened", "`</think>` 前面没有对应的 `<think>`")
        if depth > 1:
            return Prose("a `<think>` stands inside another", "`<think>` 套在另一个里面")
    return Prose("`<think>` is never closed", "`<think>` 没有关闭") if depth else None


def _canonical(message: Assistant) -> str | None:
    """The turn as the writer would write it, None where the calls could not be read."""
    return None if any(call.error for call in message.calls) else assistant_value(message)


def _mended(message: AnyMessage) -> AnyMessage:
    if message.role != "assistant" or not _is_crooked(message) or (text := _canonical(message)) is None:
        return message
    return message.model_copy(update={"written": text})
