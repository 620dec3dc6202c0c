"""target.aborts: a row that stops the whole job."""

from __future__ import annotations

from toolcall_data.conversation.build import call_text, gpt, human, observation, row
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._trainer import TrainerRule


class TargetAborts(TrainerRule):
    """LLaMA-Factory must not stop at the row.

    What it does:
        Reports a row at which LLaMA-Factory 0.9.5 raises in the chosen template (`--target`), where no other error
        names the cause. The hint gives the exception that it shows.

    Why it matters:
        One such row ends the tokenising of the whole mixture, often after an hour, and the message names no row.

    Example:
        A call whose argument holds `<tool_call>…</tool_call>`: LLaMA-Factory takes what stands between for the call.

    What to do:
        Mend the row or leave it out; `tcdata mix` leaves it out and says so. Another template may bear it.
    """

    code = "TC952"
    name = "target.aborts"
    kind = "aborts"
    chinese = """LLaMA-Factory 不应在这一行中止。

    检查什么:
        报告在所选模板（`--target`）下会让 LLaMA-Factory 0.9.5 抛出异常、而又没有其他错误指出原因的行。
        建议里给出它显示的异常。

    为什么重要:
        一行就会中止整个数据集的分词，往往在一小时之后，而且报错不带行号。

    例子:
        参数里含有 `<tool_call>…</tool_call>` 的调用：LLaMA-Factory 把两个标记之间的内容当成调用。

    怎么办:
        修改或去掉这一行；`tcdata mix` 会去掉并说明。换一个模板也许可行。
    """
    good = (FINE,)
    bad = (
        row(
            human("北京天气？"),
            call_text('{"name": "get_weather", "arguments": {"city": "北京<tool_call>{}</tool_call>"}}'),
            observation({"text": "晴"}),
            gpt("晴。"),
        ),
    )

    def say(self, cause: Prose, template: str) -> Prose:
        return Prose(
            f"LLaMA-Factory stops the whole job at this row (template {template}): {cause}",
            f"LLaMA-Factory 会在这一行中止整个任务（模板 {template}）：{cause.zh}",
        )
