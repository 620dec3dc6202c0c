"""A conversation as blocks: roles told apart by word and colour, calls readable, findings at their place."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from toolcall_data.conversation.model import JSON, AnyMessage, Assistant, Call, Conversation, Malformed, Result
from toolcall_data.rules.base import Finding
from toolcall_data.safe_text import safe

from .json_lines import compact, json_lines, painted
from .lines import FOLDED, Block, Span, cut, indented, text_blocks
from .text import one_line
from .words import Words

FOLDED_AT = 12_000
"""Characters of one text that are shown before it is unfolded."""

LETTERS = {2: "E", 1: "W", 0: "I", -1: "·"}
STYLES = {2: "error", 1: "warning", 0: "info", -1: "dim"}
_SHORT = 56
_GUTTER = "▌ "
_MARK = "  "


def conversation_blocks(
    conversation: Conversation, findings: Sequence[Finding], words: Words, *, unfold: bool = False
) -> list[Block]:
    """The whole conversation. The anchor of finding number n is `finding:n`, that of message number n `message:n`."""
    return list(_Page(conversation, findings, words, unfold).blocks())


class _Page:
    """One conversation being laid out: its findings by message, and the calls that wait for their results."""

    def __init__(self, conversation: Conversation, findings: Sequence[Finding], words: Words, unfold: bool) -> None:
        self._conversation, self._words = conversation, words
        self._limit = 1 << 40 if unfold else FOLDED_AT
        self._anchored = _by_message(conversation, findings)
        self._calls_by_id: dict[str, str] = {}
        self._waiting: list[str] = []

    def blocks(self) -> Iterator[Block]:
        conversation, words = self._conversation, self._words
        yield from self._of_row()
        if conversation.system:
            yield from self._header("system", words("role.system"))
            yield from self._text(conversation.system, "system")
            yield Block()
        for number, message in enumerate(conversation.messages):
            yield from self._message(number, message)
            yield Block()
        if not conversation.messages:
            yield Block((Span(words("chat.no_messages"), "dim"),))
            for problem in conversation.problems:
                if isinstance(problem.value, str):
                    yield from self._text(problem.value, "malformed")

    def _of_row(self) -> Iterator[Block]:
        """The tools in one line, and what is wrong with the row as a whole."""
        found = [block for index, finding in self._anchored.get(None, ()) for block in self._finding(index, finding)]
        if self._conversation.tools:
            yield Block(tuple(self._tools()), anchor="row")
        if found:
            yield from found
        if found or self._conversation.tools:
            yield Block()

    def _tools(self) -> Iterator[Span]:
        called = {call.name for call in self._conversation.calls}
        yield Span(f"{self._words('chat.tools')} ", "dim")
        for tool in self._conversation.tools:
            is_used = tool.name in called
            name = safe(tool.name or self._words("chat.unnamed"))
            yield Span(f" {'●' if is_used else '○'} {name} ", "name" if is_used else "dim")

    def _message(self, number: int, message: AnyMessage) -> Iterator[Block]:
        if isinstance(message, Assistant):
            body = self._assistant(number, message)
        elif isinstance(message, Result):
            body = self._result(number, message)
        elif isinstance(message, Malformed):
            body = self._malformed(number, message)
        else:
            body = self._said(number, message.role, message.text)
        yield from self._with_findings(number, list(body))

    def _with_findings(self, number: int, body: list[Block]) -> Iterator[Block]:
        """The message, each finding under the line it is about where that line is shown, else at the end."""
        anchors = {block.anchor for block in body if block.anchor}
        under: dict[str | None, list[Block]] = defaultdict(list)
        for index, finding in self._anchored.get(number, ()):
            under[_nearest_line(anchors, finding)].extend(self._finding(index, finding))
        for block in body:
            yield block
            if block.anchor:
                yield from indented(under.pop(block.anchor, ()), block.lead)
        yield from under[None]

    def _said(self, number: int, role: str, text: str) -> Iterator[Block]:
        yield from self._header(role, self._words(f"role.{role}"), number=number)
        yield from self._text(text, role)

    def _assistant(self, number: int, message: Assistant) -> Iterator[Block]:
        words = self._words
        only_calls = bool(message.calls) and not message.text and message.thinking is None
        aside = words("chat.weight", weight=message.weight) if message.weight is not None else ""
        if not only_calls:
            yield from self._header("assistant", words("role.assistant"), aside, number=number)
        if message.thinking is not None:
            yield Block((Span(words("role.thinking"), "thinking"),), _gutter("assistant"))
            yield from self._text(message.thinking, "assistant", "thinking")
        if message.text or not (message.calls or message.thinking):
            yield from self._text(message.text, "assistant")
        if message.calls:
            yield from self._header("call", words("role.call"), aside if only_calls else "", number=number)
        self._waiting = []
        has_findings = bool(self._anchored.get(number))
        for call in message.calls:
            name = safe(call.name or words("chat.unnamed"))
            self._waiting.append(name)
            if call.id:
                self._calls_by_id[call.id] = name
            yield from indented(self._call(name, call, has_findings), _gutter("call"))

    def _call(self, name: str, call: Call, has_findings: bool) -> Iterator[Block]:
        if call.error is not None:
            yield from self._folded(call.raw, "malformed")
            return
        text = compact(call.arguments)
        is_nested = isinstance(call.arguments, dict | list) and bool(call.arguments)
        before, after = (Span(name, "name"), Span("(", "punct")), (Span(")", "punct"),)
        if is_nested and (len(text) > _SHORT or has_findings):
            blocks = list(self._json(call.arguments))
        else:
            blocks = list(self._folded_json(text))
        blocks[0] = _beside(blocks[0], before=before)
        blocks[-1] = _beside(blocks[-1], after=after)
        for block in blocks:
            yield block if block.anchor is None else replace(block, anchor=_line_of(call.at, call.sub + block.anchor))

    def _result(self, number: int, message: Result) -> Iterator[Block]:
        words = self._words
        name = message.name or self._calls_by_id.get(message.call_id or "")
        if name is None and self._waiting:
            name = self._waiting[0]
        self._waiting = self._waiting[1:]
        aside = words("chat.of", name=one_line(name)) if name else ""
        if message.is_error:
            aside = f"{aside} · {words('chat.error')}"
        yield from indented(self._header("result", words("role.result"), aside, number=number), (Span(_MARK),))
        yield from indented(self._value(message.content), (Span(_MARK), *_gutter("result")))

    def _malformed(self, number: int, message: Malformed) -> Iterator[Block]:
        said = message.tag if isinstance(message.tag, str) else compact(message.tag)
        yield from self._header("malformed", self._words("role.malformed"), one_line(said)[:60], number=number)
        content = message.content if isinstance(message.content, str) else compact(message.content)
        yield from indented(self._folded(content, ""), _gutter("malformed"))

    def _header(self, style: str, role: str, aside: str = "", *, number: int | None = None) -> Iterator[Block]:
        spans = [Span(role, f"{style}-head")]
        if aside:
            spans.append(Span(f"  {safe(aside)}", "dim"))
        yield Block(tuple(spans), _gutter(style), anchor=None if number is None else f"message:{number}")

    def _text(self, text: str, role: str, style: str = "") -> Iterator[Block]:
        yield from indented(self._folded(text, style), _gutter(role))

    def _value(self, text: str) -> Iterator[Block]:
        """A result: pretty JSON where it is an object or list, else the text."""
        try:
            value = json.loads(text) if len(text) <= self._limit else None
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict | list):
            yield from self._folded(text, "")
            return
        blocks = self._folded_json(text) if len(text) <= _SHORT else self._json(value)
        for block in blocks:
            yield replace(block, anchor=None)

    def _folded(self, text: str, style: str) -> Iterator[Block]:
        yield from text_blocks(text[: self._limit], style)
        yield from self._more(len(text) - self._limit)

    def _folded_json(self, text: str) -> Iterator[Block]:
        """JSON as written; the anchor of its first line is the pointer to the whole, an empty string."""
        for number, line in enumerate(text[: self._limit].split("\n")):
            yield Block(painted(line), anchor=None if number else "")
        yield from self._more(len(text) - self._limit)

    def _json(self, value: JSON) -> Iterator[Block]:
        """Pretty JSON; the anchor of a block is its pointer."""
        shown = 0
        for line in json_lines(value):
            indent = len(line.spans[0].text)
            size = sum(len(span.text) for span in line.spans)
            spans = line.spans[1:] if shown + size <= self._limit else cut(line.spans[1:], self._limit - shown)
            yield Block(spans, (Span(" " * indent),), (Span(" " * (indent + 2)),), anchor=line.pointer)
            shown += size
            if shown > self._limit:
                yield from self._more(len(compact(value)) - self._limit)
                return

    def _more(self, count: int) -> Iterator[Block]:
        if count > 0:
            yield Block((Span(self._words("chat.more", count=count), "dim"),), anchor=FOLDED)

    def _finding(self, index: int, finding: Finding) -> Iterator[Block]:
        style = STYLES[finding.severity]
        said = (
            Span(f"{LETTERS[finding.severity]} {finding.code} {finding.name} ", f"{style}-head"),
            Span(one_line(finding.message), style),
        )
        yield Block(said, (Span("└ ", style),), (Span("  "),), anchor=f"finding:{index}")
        if finding.hint:
            yield Block((Span(one_line(finding.hint), "dim"),), (Span("  → ", "dim"),), (Span("    "),))


def _by_message(conversation: Conversation, findings: Sequence[Finding]) -> dict[int | None, list[tuple[int, Finding]]]:
    """The findings by the number of the message they are about; None holds those about the row."""
    found: dict[int | None, list[tuple[int, Finding]]] = defaultdict(list)
    for index, finding in enumerate(findings):
        found[message_of(conversation, finding)].append((index, finding))
    return found


def message_of(conversation: Conversation, finding: Finding) -> int | None:
    """The number of the message that a finding is about: the one whose place is the longest start of its pointer."""
    best: tuple[int, int | None] = (0, None)
    for number, message in enumerate(conversation.messages):
        for place in {message.at, message.value_at}:
            if place and (finding.pointer == place or finding.pointer.startswith(f"{place}/")) and len(place) > best[0]:
                best = (len(place), number)
    return best[1]


def _gutter(style: str) -> tuple[Span, ...]:
    return (Span(_GUTTER, style),)


def _beside(block: Block, *, before: tuple[Span, ...] = (), after: tuple[Span, ...] = ()) -> Block:
    return replace(block, spans=(*before, *block.spans, *after))


def _line_of(pointer: str, inside: str) -> str:
    """The anchor of the line that shows a place of the row."""
    return f"at:{pointer}:{inside}"


def _nearest_line(anchors: Collection[str], finding: Finding) -> str | None:
    """The line that shows what the finding is about, or the value around it; None where the message shows neither."""
    inside = finding.sub or ""
    while _line_of(finding.pointer, inside) not in anchors and inside:
        inside = inside.rpartition("/")[0]
    found = _line_of(finding.pointer, inside)
    return found if found in anchors else None
