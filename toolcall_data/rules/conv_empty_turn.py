"""conv.empty_turn: a message without text."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_blank_text
from toolcall_data.rules._turns import a_message
from toolcall_data.rules.base import Finding, Rule


class ConvEmptyTurn(Rule):
    """A message must say something.

    What it does:
        Reports a user message or an answer that is empty or blank. A call turn needs no text, and a tool may return
        nothing.

    Why it matters:
        LLaMA-Factory trains the model to answer with nothing, or with blanks.

    Example:
        `{"from": "gpt", "value": ""}`

    What to do:
        Write the text, or delete the turn and its question.
    """

    chinese = """消息必须有内容。

    检查什么：
        用户消息或回答为空，或只有空白。调用轮不需要文字，工具也可以什么都不返回。

    为什么重要：
        LLaMA-Factory 会训练模型什么都不回答，或只回答空白。

    例子：
        `{"from": "gpt", "value": ""}`

    怎么办：
        写上内容，或把这一轮连同它的问题一起删掉。
    """
    code = "TC214"
    name = "conv.empty_turn"
    only_if = staticmethod(has_blank_text)
    good = (FINE, row(human("写日志"), call("get_weather", city="北京"), observation(""), gpt("好了。")))
    bad = (chat(human("你好"), gpt("")), chat(human(" \n"), gpt("你好！")))

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for message in conversation.messages:
            if message.role not in ("user", "assistant") or (message.role == "assistant" and message.calls):
                continue
            if not message.text or message.text.isspace():
                of, (english, chinese) = a_message(message), _BLANK if message.text else _EMPTY
                yield self.on_message(message, Prose(f"the text of {of} is {english}", f"{of.zh}{chinese}"))


_BLANK = ("blank", "只有空白")
_EMPTY = ("empty", "是空的")
