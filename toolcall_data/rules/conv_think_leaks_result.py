"""conv.think_leaks_result: thinking that knows what the tool is going to return."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_thinking
from toolcall_data.rules._results import Returned, leaves, results
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_TELLING_NUMBER = re.compile(r"-?\d+\.\d{1,}|-?\d{5,}")
_TELLING_TEXT = re.compile(r"(?=\D{0,40}\d)[^\s]{6,}|[\u3400-\u9fff]{6,}|\S+ \S+ \S.*", re.DOTALL)
_LONGEST = 200
_AFTER = (observation({"celsius": 21.7, "station": "海淀公园气象站"}), gpt("北京 21.7 度。"))
_CALL = encode({"name": "get_weather", "arguments": {"city": "北京"}})


class ConvThinkLeaksResult(Rule):
    """Thinking before a call should not know its result.

    What it does:
        Reports thinking before a call that quotes a value of the result after it: a number with a decimal point or at
        least five digits, a text of several words or six characters with a digit in it, or six Chinese characters.
        Values that were said before, or stand in the call, are fine.

    Why it matters:
        Reasoning written with the whole conversation in view teaches the model to make results up before it calls,
        and in the end to do without the call.

    Example:
        Thinking `北京现在 21.7 度，我来查一下`, and then the call that returns 21.7.

    What to do:
        Rewrite the thinking from what is known at that point, or drop it.
    """

    chinese = """调用之前的思考不应知道调用的结果。

    检查什么：
        调用前的思考引用了后面结果里的值：带小数点或至少五位的数字、几个单词的文本、
        含数字的六个以上字符，或六个以上汉字。前面说过的、调用里有的值不算。

    为什么重要：
        看着整段对话补写的思考，会教模型在调用之前就编造结果，最后干脆不调用。

    例子：
        思考里写「北京现在 21.7 度，我来查一下」，随后的调用才返回 21.7。

    怎么办：
        按当时已知的内容重写思考，或删掉思考。
    """
    code = "TC226"
    name = "conv.think_leaks_result"
    severity = Severity.WARNING
    looks_at = "calls"
    only_if = staticmethod(has_thinking)
    good = (FINE, row(human("北京天气？"), call_text(f"<think>\n要先查北京。\n</think>\n\n{_CALL}"), *_AFTER))
    bad = (
        row(human("北京天气？"), call_text(f"<think>\n北京现在 21.7 度，查一下。\n</think>\n\n{_CALL}"), *_AFTER),
        row(human("北京天气？"), call_text(f"<think>\n问海淀公园气象站吧。\n</think>\n\n{_CALL}"), *_AFTER),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        messages = conversation.messages
        for index, message in enumerate(messages):
            if message.role != "assistant" or not message.calls or not message.thinking:
                continue
            known = spoken(conversation).before(index) + "".join(call.raw for call in message.calls).lower()
            thought = message.thinking.lower()
            for value in _told(conversation, index):
                if value in thought and value not in known:
                    text = f"the thinking quotes `{value}`, which only the result tells"
                    chinese = f"思考里引用了 `{value}`，而它要等结果才知道"
                    yield self.on_message(message, Prose(text, chinese), excerpt=message.thinking)
                    break


def _told(conversation: Conversation, index: int) -> Iterator[str]:
    """The telling values of the results directly after a call message, in lower case."""
    for found in results(conversation):
        if found.index > index:
            if any(conversation.messages[between].role != "tool" for between in range(index + 1, found.index)):
                return
            yield from _telling(found)


def _telling(found: Returned) -> Iterator[str]:
    for leaf in leaves(found.value):
        if isinstance(leaf, bool):
            continue
        text, shape = (leaf.strip(), _TELLING_TEXT) if isinstance(leaf, str) else (str(leaf), _TELLING_NUMBER)
        if len(text) <= _LONGEST and shape.fullmatch(text):
            yield text.lower()
