"""info.not_ascii: characters in dataset_info.json that some systems misread."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.registry import Registry


class InfoNotAscii(InfoRule):
    """dataset_info.json should be plain ASCII.

    What it does:
        Reports the first character of dataset_info.json that is not ASCII.

    Why it matters:
        LLaMA-Factory opens the file without naming an encoding: where the system's own is another than UTF-8, as on
        Chinese Windows, it ends with `Cannot open`, or reads other names than were written. Data files are always
        read as UTF-8.

    Example:
        A dataset named `天气`.

    What to do:
        Write such characters as `\\uXXXX`; tcdata does.
    """

    chinese = """dataset_info.json 最好只含 ASCII 字符。

    检查什么：
        报告 dataset_info.json 中第一个非 ASCII 字符。

    为什么重要：
        LLaMA-Factory 打开它时没有指定编码：在默认编码不是 UTF-8 的系统上（如中文 Windows）会以 `Cannot open` 结束，
        或读出别的名称。数据文件则总是按 UTF-8 读取。

    例子：
        名为 `天气` 的数据集。

    怎么办：
        把这类字符写成 `\\uXXXX`；tcdata 就是这样写的。
    """

    code = "TC918"
    name = "info.not_ascii"
    severity = Severity.WARNING
    good = (SOUND,)
    bad = (SOUND.replace("weather", "天气"),)

    def check_registry(self, registry: Registry) -> Iterator[Finding]:
        if registry.foreign is not None:
            character, line = registry.foreign
            text = Prose(
                f"holds `{character}`, and the trainer opens the file in the system's own encoding",
                f"含有 `{character}`，而训练用系统默认编码打开这个文件",
            )
            yield self.on_registry(registry, text, line, hint=_HINT)


_HINT = Prose("write such characters as \\uXXXX", "请把这类字符写成 \\uXXXX")
