"""The findings of a row as blocks, and the page that explains a rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolcall_data.rules._registry import explanation, rule_named
from toolcall_data.rules.base import Finding
from toolcall_data.safe_text import safe

from .conversation_view import LETTERS, STYLES
from .json_lines import painted
from .lines import Block, Span, text_blocks, with_item
from .text import one_line
from .words import Words

_AROUND = 40


def findings_blocks(findings: Sequence[Finding], words: Words) -> list[Block]:
    """One thing to choose for each finding."""
    if not findings:
        return [Block((Span(words("findings.none"), "dim"),))]
    blocks: list[Block] = []
    for number, finding in enumerate(findings):
        blocks += with_item(_finding(finding, words), number)
        blocks.append(Block())
    return [*blocks, Block((Span(words("findings.hint"), "dim"),))]


def _finding(finding: Finding, words: Words) -> list[Block]:
    style = STYLES[finding.severity]
    head = (Span(f"{LETTERS[finding.severity]} {finding.code} {finding.name}", f"{style}-head"),)
    place = one_line(finding.pointer + (f" › {finding.sub}" if finding.sub else "")) or words("findings.whole")
    blocks = [
        Block(head),
        Block((Span(one_line(words.say(finding.message))),), _INDENT),
        Block((Span(f"{words('findings.place')} ", "dim"), Span(place, "key")), _INDENT),
    ]
    if finding.excerpt:
        blocks.append(Block(_excerpt(finding), _INDENT))
    if finding.hint:
        blocks.append(Block((Span("→ ", "dim"), Span(one_line(words.say(finding.hint)), "dim")), _INDENT))
    return blocks


_INDENT = (Span("  "),)


def _excerpt(finding: Finding) -> tuple[Span, ...]:
    """The text the finding is about, the exact part of it marked."""
    text = finding.excerpt
    if finding.span is None:
        return painted(" ".join(text[: 4 * _AROUND].split()) + ("…" if len(text) > 4 * _AROUND else ""))
    start, end = finding.span
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    cut = text[start:end][: 4 * _AROUND]
    return (
        Span("…" if start > _AROUND else "", "dim"),
        Span(_flat(before), "dim"),
        Span(_flat(cut), f"{STYLES[finding.severity]}-mark"),
        Span(_flat(after), "dim"),
        Span("…" if end + _AROUND < len(text) else "", "dim"),
    )


def _flat(text: str) -> str:
    """A piece of a text on one line, the spaces at its ends kept."""
    return safe(re.sub(r"\s+", " ", text))


def explanation_blocks(finding: Finding) -> list[Block]:
    """The page of the rule that made a finding."""
    rule = rule_named(finding.code)
    told = explanation(rule)
    blocks = [Block((Span(f"{rule.code} {rule.name}", f"{STYLES[rule.severity]}-head"),)), Block()]
    blocks += _paragraphs(told.what)
    for heading, body in told.sections.items():
        blocks += [Block(), Block((Span(heading, "title"),)), *_paragraphs(body)]
    return blocks


def _paragraphs(text: str) -> list[Block]:
    """Prose whose lines were broken for the source file, whole again; blank lines part paragraphs."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return [block for part in paragraphs for block in text_blocks(part)]
