"""ds.template_compat: a file that does not train with the chosen template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules.base import Finding, Rule
from toolcall_data.target.outcome import Kind
from toolcall_data.target.templates import Target


class DsTemplateCompat(Rule):
    """A file must train with the chosen template.

    What it does:
        Says once a file how many of its rows stop LLaMA-Factory 0.9.5 under the template of `--target`, or that all of
        them are dropped. What is wrong with each row is said there.

    Why it matters:
        One row that stops the job stops the training on all files that are mixed with this one, and the message names
        neither.

    Example:
        A set with parallel calls and the template glm4.

    What to do:
        Mend or leave out the rows (`tcdata mix` leaves them out), or take a template that holds them.
    """

    chinese = """文件必须能用所选模板训练。

    检查什么:
        每个文件说一次：在 `--target` 的模板下，有多少行会让 LLaMA-Factory 0.9.5 中止，或者所有行都会被丢弃。
        每一行的问题在该行说明。

    为什么重要:
        一行就会中止与这个文件混在一起的所有文件的训练，报错既不说哪个文件，也不说哪一行。

    例子:
        含并行调用的数据集与模板 glm4。

    怎么办:
        修改或去掉这些行（`tcdata mix` 会去掉），或换一个装得下的模板。
    """

    code = "TC822"
    name = "ds.template_compat"
    looks_at = "trainer"
    good = (FINE,)
    bad = (row(human("北京天气？"), {"from": "function_call", "value": "不是 JSON"}, gpt("晴。")),)

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        """Nothing: it is said of a file."""
        return iter(())

    def judge(self, file: str, outcomes: Mapping[Kind, int], target: Target) -> Finding | None:
        """What is wrong with a file whose rows have these outcomes; usually None."""
        name, stops, rows = target.template.name, outcomes.get("aborts", 0), sum(outcomes.values())
        if stops:
            text = Prose(
                f"with the template {name} LLaMA-Factory does not get through the file: "
                f"{stops:,} of {rows:,} rows stop it",
                f"用模板 {name}，LLaMA-Factory 跑不完这个文件：{rows:,} 行中有 {stops:,} 行会中止任务",
            )
        elif rows and outcomes.get("drops", 0) == rows:
            text = Prose(
                f"with the template {name} LLaMA-Factory drops every row of the file, and then stops",
                f"用模板 {name}，LLaMA-Factory 会丢弃文件的每一行，然后中止",
            )
        else:
            return None
        return replace(self.found(text), file=file)
