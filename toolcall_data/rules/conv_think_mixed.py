"""conv.think_mixed: thinking in some messages of the model and not in others."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import Assistant, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import has_thinking
from toolcall_data.rules.base import Finding, Rule, Severity


class ConvThinkMixed(Rule):
    """The model should think in all its messages of a row, or in none.

    What it does:
        Reports, once a row, a message of the model without thinking in a row where another one has it. An empty
        thought counts as none.

    Why it matters:
        Under a reasoning template LLaMA-Factory writes an empty thought into every message without one: the row
        teaches both to think and to skip it, with nothing in the prompt that tells which.

    Example:
        A call with `<think>…</think>` before it, and an answer without.

    What to do:
        Write the missing thoughts, or delete them all from the row.
    """

    chinese = """一行里，模型的消息要么都有思考，要么都没有。

    检查什么：
        行里有的模型消息带思考，有的没有；每行报告一次。空的思考按没有算。

    为什么重要：
        用推理模板时，LLaMA-Factory 会给没有思考的消息补上空思考：这一行既教思考又教跳过思考，
        而提示里没有任何依据可以区分。

    例子：
        调用前有 `<think>…</think>`，最后的回答却没有。

    怎么办：
        补写缺少的思考，或把该行的思考全部删掉。
    """
    code = "TC227"
    name = "conv.think_mixed"
    severity = Severity.WARNING
    only_if = staticmethod(has_thinking)
    good = (
        FINE,
        chat(human("你好"), gpt("<think>\n打招呼。\n</think>\n\n你好！")),
        chat(human("你好"), gpt("<think>\n\n</think>\n\n你好！"), human("再见"), gpt("再见！")),
    )
    bad = (
        chat(human("你好"), gpt("<think>\n打招呼。\n</think>\n\n你好！"), human("再见"), gpt("再见！")),
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation({"text": "晴"}),
            gpt("<think>\n查到了，是晴。\n</think>\n\n北京今天晴。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        spoken = [message for message in conversation.messages if message.role == "assistant"]
        without = [message for message in spoken if not _thinks(message)]
        if without and len(without) < len(spoken):
            text = f"{len(without)} of the model's {len(spoken)} messages without thinking, the others with it"
            chinese = f"模型的 {len(spoken)} 条消息里有 {len(without)} 条没有思考，其余都有"
            yield self.on_message(without[0], Prose(text, chinese), role=True)


def _thinks(message: Assistant) -> bool:
    return bool(message.thinking and message.thinking.strip())
