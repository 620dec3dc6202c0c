"""call.parallel_template: several calls at once in a template that prints one."""

from __future__ import annotations

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._trainer import SpecialRule
from toolcall_data.target.outcome import Outcome

_TWO = [{"name": "get_weather", "arguments": {"city": city}} for city in ("北京", "上海")]


class CallParallelTemplate(SpecialRule):
    """Several calls of one step need a template that prints more than one.

    What it does:
        Reports a step with several calls where the tool format of the chosen template (`--target`) prints exactly one:
        glm4, glm4v, glm_ocr, glmz1, chatglm3.

    Why it matters:
        LLaMA-Factory 0.9.5 ends the whole job with `ValueError: GLM-4 does not support parallel functions.`, and names
        no row.

    Example:
        `[{"name": "get_weather", ...}, {"name": "get_weather", ...}]` with the template glm4.

    What to do:
        Split the step into one call and result after another, leave the row out (`tcdata mix` does), or take another
        template.
    """

    chinese = """一步里的多个调用需要能打印多个调用的模板。

    检查什么：
        一步里有多个调用，而所选模板（`--target`）的工具格式只能打印一个：glm4、glm4v、glm_ocr、glmz1、chatglm3。

    为什么重要：
        LLaMA-Factory 0.9.5 会以 `ValueError: GLM-4 does not support parallel functions.` 中止整个任务，也不说是哪一行。

    例子：
        模板 glm4 下的 `[{"name": "get_weather", ...}, {"name": "get_weather", ...}]`。

    怎么办：
        拆成一次一个调用和结果，去掉这一行（`tcdata mix` 会去掉），或换一个模板。
    """
    code = "TC435"
    name = "call.parallel_template"
    kind = "aborts"
    template = "glm4"
    good = (FINE,)
    bad = (
        row(
            human("北京和上海天气？"),
            call_text(encode(_TWO)),
            observation([{"text": "晴"}, {"text": "雨"}]),
            gpt("北京晴，上海雨。"),
        ),
    )

    def claims(self, outcome: Outcome, conversation: Conversation) -> bool:
        return "parallel" in outcome.error and len(conversation.calls) > 1

    def say(self, cause: Prose, template: str) -> Prose:
        return Prose(
            f"several calls in one step, and the template {template} prints one: LLaMA-Factory stops the whole job",
            f"一步里有多个调用，而模板 {template} 只能打印一个：LLaMA-Factory 会中止整个任务",
        )
