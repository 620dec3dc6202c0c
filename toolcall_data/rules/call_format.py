"""call.format: a date, an address or an id that is written in another way."""

from __future__ import annotations

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

    code = "TC415"
    name = "call.format"
    severity = Severity.WARNING
    kind = "format"
    good = (FINE, weather(city="北京", date="2024-05-01"))
    bad = (weather(city="北京", date="2024年5月1日"), weather(city="北京", date="2024-02-30"))

    def say(self, violation: Violation, broken: Broken) -> str:
        return f"{place(violation)} is {shown(violation.found)}, not in the format `{violation.expected}`"

    def advice(self, violation: Violation, broken: Broken) -> str:
        sample = SAMPLES.get(str(violation.expected))
        return f"such as {sample}" if sample else ""
