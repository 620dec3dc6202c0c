"""Rules about tools whose parameters are no plain JSON Schema but can be read as one: one kind of repair each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from toolcall_data.conversation.model import Conversation, Tool
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import compiled_of
from toolcall_data.rules._edit import with_parameters
from toolcall_data.rules.base import Finding, Rule
from toolcall_data.schema.as_written import cures
from toolcall_data.schema.normalise import Repair, RepairKind


class RepairRule(Rule):
    """A rule about one kind of repair; its fix makes the repairs of that kind and no other."""

    looks_at = "tools"
    kind: ClassVar[RepairKind]

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for index, tool in enumerate(conversation.tools):
            for repair in compiled_of(tool).normalised.repairs:
                if repair.kind == self.kind:
                    place = tool.parameters_pointer + repair.pointer
                    text, hint = self.say(repair, tool), self.advice(repair, tool) or cured_by(self.kind, tool)
                    yield self.on_tool(
                        conversation, index, text, inside=place, hint=hint, mends=self.mends(repair, tool)
                    )

    def fix(self, conversation: Conversation) -> Conversation:
        return with_parameters(conversation, {self.kind}) if self.applicability == "safe" else conversation

    @abstractmethod
    def say(self, repair: Repair, tool: Tool) -> str:
        """The finding's message."""

    def advice(self, repair: Repair, tool: Tool) -> str:
        """The finding's hint."""
        return ""

    def mends(self, repair: Repair, tool: Tool) -> bool:
        """Whether the rule's fix helps here, for rules that have one."""
        return True


def cured_by(kind: RepairKind, tool: Tool) -> str:
    """Whether this kind of repair is what makes the schema one, as a hint; empty where it is no matter of that."""
    needed = cures(tool.parameters, tool.definition.get("required"))
    if kind not in needed:
        return ""
    if len(needed) == 1:
        return Prose(
            "as written it is no JSON Schema; repaired in this it is one",
            "照原样它不是合法的 JSON Schema，修好这一处就是了",
        )
    return Prose(
        "as written it is no JSON Schema; this is one of the repairs that make it one",
        "照原样它不是合法的 JSON Schema，这是使它合法所需的修复之一",
    )


def named(tool: Tool) -> str:
    """A tool in a message."""
    return f"`{tool.name}`" if tool.name else "the tool"


def named_zh(tool: Tool) -> str:
    """A tool in a Chinese message."""
    return f"`{tool.name}`" if tool.name else "该工具"
