"""target.drops: a row that the trainer leaves out."""

from __future__ import annotations

from toolcall_data.conversation.build import gpt, human, row
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._trainer import TrainerRule


class TargetDrops(TrainerRule):
    """LLaMA-Factory must not drop the row.

    What it does:
        Reports a row that LLaMA-Factory 0.9.5 leaves out in the chosen template (`--target`), where no other error
        names the cause. Where one does, the verdict stands beside it.

    Why it matters:
        LLaMA-Factory says so in a warning without a row number, and never counts: the set shrinks unnoticed. Where a
        thousand rows in a row are dropped, the job stops.

    Example:
        A conversation that ends with the user.

    What to do:
        Mend what the message names; `tcdata fix` and `tcdata mix` do where the meaning is clear.
    """

    code = "TC951"
    name = "target.drops"
    kind = "drops"
    chinese = """LLaMA-Factory 不应丢弃这一行。

    检查什么:
        报告在所选模板（`--target`）下会被 LLaMA-Factory 0.9.5 丢弃、而又没有其他错误指出原因的行。已有错误指出原因时，
        结论写在那条错误旁边。

    为什么重要:
        LLaMA-Factory 只打印不带行号的警告，也不统计总数：数据集悄悄变小。若连续一千行都被丢弃，任务会中止。

    例子:
        以用户消息结尾的对话。

    怎么办:
        按消息所说修改；含义明确时 `tcdata fix` 和 `tcdata mix` 会自动处理。
    """
    good = (FINE,)
    bad = (row(human("你好"), gpt("你好！"), human("再见")),)

    def say(self, cause: Prose, template: str) -> Prose:
        return Prose(f"LLaMA-Factory drops this row: {cause}", f"LLaMA-Factory 会丢弃这一行：{cause.zh}")
