"""Rules about the text of messages: they look at every piece of text and mend only what the model is not trained on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal, NamedTuple, TypeAlias

from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._once import once
from toolcall_data.rules.base import Finding, Rule

Part: TypeAlias = Literal["system", "user", "answer", "thinking", "result"]
PROMPT: frozenset[Part] = frozenset({"system", "user"})
"""What the user and the author of the system prompt wrote: no loss is computed on it, so a safe fix may touch it."""

SPOKEN: frozenset[Part] = frozenset({"system", "user", "answer", "thinking"})
EVERYWHERE: frozenset[Part] = SPOKEN | {"result"}

Span: TypeAlias = tuple[int, int]


class Piece(NamedTuple):
    """A text of a conversation, where it stands, and who says it."""

    text: str
    at: str
    part: Part


def pieces(conversation: Conversation, parts: frozenset[Part] = EVERYWHERE) -> Iterator[Piece]:
    """The texts of these parts in order, none of them empty; calls are no text."""
    return (piece for piece in _every(conversation) if piece.part in parts)


@once
def _every(conversation: Conversation) -> tuple[Piece, ...]:
    return tuple(_gather(conversation))


def _gather(conversation: Conversation) -> Iterator[Piece]:
    if conversation.system:
        yield Piece(conversation.system, conversation.system_at, "system")
    for message in conversation.messages:
        for piece in _pieces(message):
            if piece.text:
                yield piece


def _pieces(message: AnyMessage) -> Iterator[Piece]:
    match message.role:
        case "assistant":
            yield Piece(message.thinking or "", message.value_at, "thinking")
            yield Piece(message.text, message.value_at, "answer")
        case "user":
            yield Piece(message.text, message.value_at, "user")
        case "system":
            yield Piece(message.text, message.value_at, "system")
        case "tool":
            yield Piece(message.content, message.value_at, "result")
        case _:
            return


class TextRule(Rule):
    """A rule that finds faults in a text: one finding a text, at the first of them.

    A rule with an `applicability` mends the system prompt and what the user says, and only where nothing of the fault
    is left; answers, thinking, results and calls stay as they are.
    """

    parts: ClassVar[frozenset[Part]] = EVERYWHERE

    @abstractmethod
    def find(self, text: str) -> list[Span]:
        """Where in the text the faults are."""

    @abstractmethod
    def say(self, text: str, spans: list[Span]) -> Prose:
        """The finding's message."""

    def advice(self, text: str, spans: list[Span]) -> str:
        """The finding's hint."""
        return ""

    def mend(self, text: str) -> str:
        """The text without the faults; itself where they cannot be mended."""
        return text

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for piece in pieces(conversation, self.parts):
            if spans := self.find(piece.text):
                yield self.on_piece(
                    piece,
                    spans[0],
                    self.say(piece.text, spans),
                    hint=self.advice(piece.text, spans),
                    mends=piece.part in PROMPT and self._mended(piece.text) != piece.text,
                )

    def on_piece(self, piece: Piece, span: Span, text: Prose, *, hint: str = "", mends: bool = True) -> Finding:
        """A finding on these characters of a text."""
        found = self.found(text, at=piece.at, excerpt=piece.text, hint=hint, mends=mends)
        return replace(found, span=span)

    def fix(self, conversation: Conversation) -> Conversation:
        if self.applicability is None:
            return conversation
        update: dict[str, object] = {}
        if conversation.system and (system := self._mended(conversation.system)) != conversation.system:
            update["system"] = system
        messages = tuple(self._mended_message(message) for message in conversation.messages)
        if any(new is not old for new, old in zip(messages, conversation.messages, strict=True)):
            update["messages"] = messages
        return conversation.model_copy(update=update) if update else conversation

    def _mended_message(self, message: AnyMessage) -> AnyMessage:
        if message.role not in ("user", "system"):
            return message
        text = self._mended(message.text)
        return message if text == message.text else message.model_copy(update={"text": text})

    def _mended(self, text: str) -> str:
        """The text mended, or itself where a fault would be left or nothing would."""
        if not self.find(text):
            return text
        mended = self.mend(text)
        return text if not mended.strip() or self.find(mended) else mended


def excerpts(text: str, spans: list[Span], most: int = 4) -> str:
    """The first few different pieces of text at these places, quoted for a message."""
    distinct = list(dict.fromkeys(text[start:end] for start, end in spans))
    shown = ", ".join(f"`{each}`" for each in distinct[:most])
    return f"{shown}…" if len(distinct) > most else shown


def code_points(text: str, spans: list[Span], most: int = 4) -> str:
    """The first few different characters at these places as `U+200B`."""
    distinct = list(dict.fromkeys(text[start] for start, _ in spans))
    shown = ", ".join(f"U+{ord(each):04X}" for each in distinct[:most])
    return f"{shown}…" if len(distinct) > most else shown
