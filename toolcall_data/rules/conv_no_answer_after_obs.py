"""conv.no_answer_after_obs: a result that the user speaks after."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import is_irregular
from toolcall_data.rules._turns import neighbours
from toolcall_data.rules.base import Finding, Rule


class ConvNoAnswerAfterObs(Rule):
    """The model must speak after a result.

    What it does:
        Reports a user message directly after a result: the answer between them is missing. A result at the end of a
        row is left to conv.ends_with_obs.

    Why it matters:
        LLaMA-Factory drops the whole row with `Invalid role tag`, for two messages of the prompt's side follow each
        other. What the row should teach, the answer, is not in it.

    Example:
        human, function_call, observation, human `谢谢`, gpt.

    What to do:
        Write the answer to the result, or cut the row off after the call.
    """

    chinese = """结果之后必须由模型说话。

    检查什么：
        结果后面紧接着用户消息：两者之间缺少回答。行尾的结果由 conv.ends_with_obs 负责。

    为什么重要：
        两条都属于提示一侧的消息前后相接，LLaMA-Factory 以 `Invalid role tag` 丢弃整行。
        这一行本该教的回答，行里根本没有。

    例子：
        human、function_call、observation、human「谢谢」、gpt。

    怎么办：
        补写对结果的回答，或在调用之后把该行截断。
    """
    code = "TC221"
    name = "conv.no_answer_after_obs"
    only_if = staticmethod(is_irregular)
    good = (FINE, row(human("北京天气？"), call("get_weather", city="北京")))
    bad = (
        row(
            human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}), human("谢谢"), gpt("好")
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for before, after in neighbours(conversation):
            if before.role == "tool" and after.role == "user":
                text = Prose(
                    "the result is not answered: the user speaks after it", "结果没有得到回答：后面是用户在说话"
                )
                yield self.on_message(before, text, role=True)
