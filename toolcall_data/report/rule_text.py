"""A rule's explanation as terminal text, as Markdown and as an object; docs/rules.md is made of the Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from toolcall_data.conversation.json_text import encode
from toolcall_data.rules._registry import explanation
from toolcall_data.rules.base import Example, Rule

_INDENT = "    "


def rule_text(rule: Rule, *, paint: Callable[[str, str], str]) -> str:
    """For the terminal."""
    said = explanation(rule)
    fix = f", {rule.applicability} fix" if rule.applicability else ""
    lines = [paint(f"{rule.code}  {rule.name}", "bold") + f"  ({rule.severity.word}{fix})", "", said.what]
    for heading, body in said.sections.items():
        lines += ["", paint(heading, "blue"), *(f"  {line}" for line in body.splitlines())]
    lines += ["", paint("A row it complains of", "blue"), f"  {_shown(rule.bad[0])}"]
    lines += ["", paint("A row it is content with", "blue"), f"  {_shown(rule.good[0])}"]
    return "\n".join(lines)


def rule_markdown(rule: Rule) -> str:
    """For the documentation."""
    said = explanation(rule)
    fix = f", {rule.applicability} fix" if rule.applicability else ""
    lines = [f"## {rule.name}", "", f"`{rule.code}` · {rule.severity.word}{fix}", "", said.what]
    for heading, body in said.sections.items():
        lines += ["", f"**{heading}.** {' '.join(body.split())}"]
    lines += ["", "Complains of:", "", "```json", _shown(rule.bad[0]), "```"]
    lines += ["", "Content with:", "", "```json", _shown(rule.good[0]), "```", ""]
    return "\n".join(lines)


def rules_page(rules: Iterable[Rule]) -> str:
    """The whole of docs/rules.md."""
    rules = list(rules)
    lines = [
        "# Rules",
        "",
        "Made from the rules' own docstrings and examples by `make docs`.",
        "",
        "| code | name | severity | fix | what |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule in rules:
        link = f"[{rule.name}](#{rule.name.replace('.', '')})"
        lines.append(
            f"| {rule.code} | {link} | {rule.severity.word} | {rule.applicability or ''} | {explanation(rule).what} |"
        )
    return "\n".join([*lines, "", *(rule_markdown(rule) for rule in rules)])


def rule_object(rule: Rule) -> dict[str, Any]:
    """For programs."""
    said = explanation(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.word,
        "fix": rule.applicability,
        "what": said.what,
        "sections": said.sections,
        "bad": [_writable(example) if isinstance(example, str) else example for example in rule.bad],
        "good": [_writable(example) if isinstance(example, str) else example for example in rule.good],
    }


def _shown(example: Example) -> str:
    return _writable(example) if isinstance(example, str) else encode(example)


def _writable(text: str) -> str:
    """Text of an example line; stray bytes, which no UTF-8 output can hold, as escapes."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


if __name__ == "__main__":
    from toolcall_data.rules._registry import rules

    print(rules_page(rules()), end="")
