"""target.alters: a row of which the trainer learns something else than it says."""

from __future__ import annotations

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._trainer import TrainerRule


class TargetAlters(TrainerRule):
    """LLaMA-Factory must train what the row says.

    What it does:
        Reports a row of which LLaMA-Factory 0.9.5 trains something else in the chosen template (`--target`), where no
        other error names the cause. The hint says what is trained instead.

    Why it matters:
        Nothing warns of it: the job ends well, and the model has learned text that nobody wrote.

    Example:
        A user message with a literal `{{idx}}`: LLaMA-Factory puts the number of the turn there.

    What to do:
        Write what is meant in another way; `tcdata mix` leaves such rows out and says so.
    """

    code = "TC953"
    name = "target.alters"
    kind = "alters"
    chinese = """LLaMA-Factory 应当照这一行所写的训练。

    检查什么:
        报告在所选模板（`--target`）下 LLaMA-Factory 0.9.5 会训练成别的内容、而又没有其他错误指出原因的行。
        建议里说明实际训练的内容。

    为什么重要:
        没有任何警告：任务正常结束，模型却学到了没人写过的文本。

    例子:
        用户消息里有字面的 `{{idx}}`：LLaMA-Factory 会把它换成轮次编号。

    怎么办:
        换一种写法；`tcdata mix` 会去掉这样的行并说明。
    """
    good = (FINE,)
    bad = (chat(human("模板里的 {{idx}} 是什么？"), gpt("轮次编号。")),)

    def say(self, cause: Prose, template: str) -> Prose:
        return Prose(
            f"LLaMA-Factory trains on something else (template {template}): {cause}",
            f"LLaMA-Factory 训练的不是这一行所写的内容（模板 {template}）：{cause.zh}",
        )
