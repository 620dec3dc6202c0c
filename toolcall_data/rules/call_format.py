"""call.format: a date, an address or an id that is written in another way."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import Broken, SchemaRule, place, shown
from toolcall_data.rules._examples import FINE, weather
from toolcall_data.rules.base import Severity
from toolcall_data.schema.text_formats import SAMPLES
from toolcall_data.schema.validator import Violation


class CallFormat(SchemaRule):
    """A value should be written in the format that its tool declares.

    What it does:
        Reports a value that breaks a declared `format`: date, time, date-time, email, uri, uuid, ipv4, ipv6. Times may
        leave out seconds and zone. Other formats are not judged.

    Why it matters:
        LLaMA-Factory does not look at the schema. The model learns dates that no API parses: in Chinese sets nearly
        every `format: date` argument is 年月日 text.

    Example:
        `"date": "2024年5月1日"` where the format is `date`: `2024-05-01`.

    What to do:
        Write the value in the format, or drop the format from the tool.
    """

    chinese = """值应当符合工具声明的格式。

    检查什么：
        值不符合声明的 `format`：date、time、date-time、email、uri、uuid、ipv4、ipv6。时间可以省略秒和时区。
        其他格式不判断。

    为什么重要：
        LLaMA-Factory 不看模式，模型学到的是任何接口都解析不了的日期：
        中文数据集里 `format: date` 的参数几乎都写成年月日。

    例子：
        `"date": "2024年5月1日"`，而格式是 `date`：`2024-05-01`。

    怎么办：
        按格式书写，或从工具里去掉 format。
    """
    code = "TC415"
    name = "call.format"
    severity = Severity.WARNING
    kind = "format"
    good = (FINE, weather(city="北京", date="2024-05-01"))
    bad = (weather(city="北京", date="2024年5月1日"), weather(city="北京", date="2024-02-30"))

    def say(self, violation: Violation, broken: Broken) -> str:
        at, value = place(violation), shown(violation.found)
        return Prose(
            f"{at} is {value}, not in the format `{violation.expected}`",
            f"{at.zh} 的值 {value} 不符合格式 `{violation.expected}`",
        )

    def advice(self, violation: Violation, broken: Broken) -> str:
        sample = SAMPLES.get(str(violation.expected))
        return Prose(f"such as {sample}", f"例如 {sample}") if sample else ""
