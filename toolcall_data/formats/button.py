"""BUTTONInstruct: messages with a thought and `<call>` or `<final>` text, tools between `<tool>` tags.

Source: PKU-Baichuan-MLSystemLab/BUTTON, its description of the data format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Conversation, Origin, Result
from toolcall_data.formats._listed_tools import Listing, with_listed_tools
from toolcall_data.formats._text_rows import messages_of, system_text
from toolcall_data.formats._text_steps import result_list, spoken_step, steps_read
from toolcall_data.formats._written_calls import Notation, known_tools
from toolcall_data.formats.openai import OpenAI

_LISTING = Listing(
    head="",
    tail="",
    layout="list",
    begins=re.compile(r"<tool>\s*(?=[\[{])"),
    ends=re.compile(r"\s*</tool>"),
)
_NOTATIONS: tuple[Notation, ...] = ("call",)
_FINAL = re.compile(r"<final>(.*?)(?:</final>\s*|\Z)", re.DOTALL)


class Button(OpenAI):
    """What stands before `<call>` or `<final>` is thinking; a tool message is a list of `{"name", "results"}`.

    All prose of the system prompt stays.
    """

    name = "button"
    title = "BUTTON: a thought, then <call>[...]</call> or <final>...</final>, tools in <tool> of the system text"
    extends = "openai"
    is_writable = False
    example: ClassVar[dict[str, JSON]] = {
        "messages": [
            {
                "role": "system",
                "content": "你可以使用下面的函数：\n<tool>\n"
                '{"name": "get_temperature", "description": "查询气温", "parameters": {"type": "object", "properties": '
                '{"city": {"type": "string", "description": "城市"}}, "required": ["city"]}}\n</tool>',
            },
            {"role": "user", "content": "上海今天多少度？"},
            {
                "role": "assistant",
                "content": "需要先查询气温。"
                '<call>[\n    {"name": "get_temperature", "arguments": {"city": "上海"}}\n]</call>',
            },
            {
                "role": "tool",
                "content": '[{"name": "get_temperature", "arguments": {"city": "上海"}, "results": {"celsius": 21}}]',
            },
            {"role": "assistant", "content": "气温已经查到。<final>上海今天 21 度。</final>"},
        ],
    }

    @classmethod
    def recognise(cls, row: Mapping[str, JSON]) -> str | None:
        listed = _LISTING.is_in(system_text(messages_of(row)))
        return "messages with `role` and `content`, `<tool>` in the system text" if listed else None

    def read(self, row: Mapping[str, JSON], origin: Origin) -> Conversation:
        conversation = super().read(row, origin)
        if self.recognise(row) is None:
            return conversation
        conversation = with_listed_tools(conversation, _LISTING)
        known = known_tools(conversation.tools)

        def step(message: AnyMessage) -> Iterable[AnyMessage]:
            if isinstance(message, Assistant):
                return [_with_thought(spoken_step(message, row, known, _NOTATIONS))]
            return result_list(message) if isinstance(message, Result) else [message]

        return steps_read(conversation, step)


def _with_thought(message: Assistant) -> Assistant:
    """The message with the prose around its calls, or before its final answer, as thinking."""
    final = None if message.calls else _FINAL.search(message.text)
    if final is None and not message.calls:
        return message
    prose = message.text if final is None else message.text[: final.start()] + message.text[final.end() :]
    thoughts = [part for part in (message.thinking, prose.strip()) if part]
    return message.model_copy(
        update={"text": final[1].strip() if final else "", "thinking": "\n".join(thoughts) if thoughts else None}
    )
