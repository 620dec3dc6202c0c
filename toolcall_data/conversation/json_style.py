"""JSON written in the manner of another text: its separators, its escapes, its indentation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from toolcall_data.conversation.model import JSON

_COLON = re.compile(r'"(?:[^"\\]|\\.)*+"\s*+:( ?)', re.DOTALL)
_FIRST_ITEM = re.compile(r"\s*[{\[]\r?\n([ \t]+)\S")
_LAST_LINE = re.compile(r"\n([ \t]*)[}\]]\s*\Z")


@dataclass(frozen=True, slots=True)
class Style:
    """`indent` is what each level adds where the text has lines, `margin` what stands before its last bracket."""

    comma: str = ", "
    colon: str = ": "
    is_escaped: bool = False
    indent: str | None = None
    margin: str = ""

    def write(self, value: JSON) -> str:
        """A value in this style; NaN is written as Python writes it.

        Raises:
            RecursionError: it is nested deeper than Python can follow.
        """
        separators = (self.comma, self.colon)
        text = json.dumps(value, ensure_ascii=self.is_escaped, separators=separators, indent=self.indent)
        return text.replace("\n", f"\n{self.margin}") if self.margin else text


def style_of(text: str) -> Style:
    """How a JSON text is written, told from its first key and its first items."""
    is_escaped = "\\u" in text and text.isascii()
    colon = _COLON.search(text)
    space = colon[1] if colon else " "
    if lines := _FIRST_ITEM.match(text):
        last = _LAST_LINE.search(text)
        margin = last[1] if last else ""
        return Style(",", f":{space}", is_escaped, lines[1].removeprefix(margin), margin)
    return Style(f",{space}", f":{space}", is_escaped)
