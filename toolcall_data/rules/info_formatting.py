"""info.formatting: a `formatting` that there is not."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.nearest import nearest
from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND, entry
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import FORMATTINGS, Registered


class InfoFormatting(InfoRule):
    """`formatting` must be alpaca, sharegpt or openai.

    What it does:
        Reports any other `formatting`, with the nearest of the three.

    Why it matters:
        LLaMA-Factory ends with `Dataset converter sharegtp not found`, once all files are loaded.

    Example:
        `"formatting": "ShareGPT"`: names are in lower case.

    What to do:
        Write `sharegpt` for rows of turns, `alpaca` for rows of instruction and output.
    """

    chinese = """`formatting` 只能是 alpaca、sharegpt 或 openai。

    检查什么：
        报告其他的 `formatting`，并给出三者中最接近的。

    为什么重要：
        LLaMA-Factory 会在加载完所有文件之后以 `Dataset converter sharegtp not found` 结束。

    例子：
        `"formatting": "ShareGPT"`：名称应为小写。

    怎么办：
        多轮对话的行写 `sharegpt`，指令加输出的行写 `alpaca`。
    """

    code = "TC904"
    name = "info.formatting"
    good = (SOUND,)
    bad = (entry(formatting="sharegtp"), entry(formatting="ShareGPT"))

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        found = entry.formatting
        if not isinstance(found, str) or found in FORMATTINGS:
            return
        text = Prose(
            f"`formatting` is `{found}`: LLaMA-Factory ends with `Dataset converter {found} not found`",
            f"`formatting` 是 `{found}`：LLaMA-Factory 会以 `Dataset converter {found} not found` 结束",
        )
        near = nearest(found.lower(), FORMATTINGS) or ["sharegpt"]
        hint = Prose(f"did you mean `{near[0]}`?", f"是不是 `{near[0]}`？")
        yield self.on_key(entry, text, "formatting", hint=hint)
