"""A rule's explanation as terminal text, as Markdown and as an object; docs/rules.md is made of the Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import JSON
from toolcall_data.prose import Language, Prose, said
from toolcall_data.rules._registry import explanation
from toolcall_data.rules.base import Rule, Severity

_WORDS = {
    Severity.ERROR: Prose("error", "错误"),
    Severity.WARNING: Prose("warning", "警告"),
    Severity.INFO: Prose("info", "统计"),
}
_FIXES = {
    None: Prose("", ""),
    "safe": Prose("safe fix", "可安全修复"),
    "unsafe": Prose("unsafe fix", "可修复，需人确认"),
}
_BAD = Prose("Complains of", "有问题的行")
_GOOD = Prose("Content with", "没问题的行")
_TITLE = Prose("Rules", "规则")
_MADE = Prose(
    "Made from the rules' own docstrings and examples by `make docs`.",
    "由规则自己的说明和例子生成（`make docs`）。",
)
_COLUMNS = Prose("| code | name | severity | fix | what |", "| 代码 | 名称 | 级别 | 修复 | 内容 |")


def rule_text(rule: Rule, *, paint: Callable[[str, str], str], language: Language = "en") -> str:
    """For the terminal."""
    found = explanation(rule, language)
    lines = [paint(f"{rule.code}  {rule.name}", "bold") + f"  ({_kind(rule, language)})", "", found.what]
    for heading, body in found.sections.items():
        lines += ["", paint(heading, "blue"), *(f"  {line}" for line in body.splitlines())]
    lines += ["", paint(said(_BAD, language), "blue"), *(f"  {line}" for line in _shown(rule.bad[0]))]
    lines += ["", paint(said(_GOOD, language), "blue"), *(f"  {line}" for line in _shown(rule.good[0]))]
    return "\n".join(lines)


def _kind(rule: Rule, language: Language) -> str:
    """Severity and fix in words."""
    return ", ".join(said(word, language) for word in (_WORDS[rule.severity], _FIXES[rule.applicability]) if word)


def rule_markdown(rule: Rule, language: Language = "en") -> str:
    """For the documentation."""
    found = explanation(rule, language)
    lines = [f"## {rule.name}", "", f"`{rule.code}` · {_kind(rule, language)}", "", found.what]
    for heading, body in found.sections.items():
        lines += ["", f"**{heading}.** {_flowing(body, language)}"]
    lines += ["", f"{said(_BAD, language)}:", "", "```json", *_shown(rule.bad[0]), "```"]
    lines += ["", f"{said(_GOOD, language)}:", "", "```json", *_shown(rule.good[0]), "```", ""]
    return "\n".join(lines)


def _flowing(body: str, language: Language) -> str:
    """A paragraph without its line breaks, which in Chinese stand for nothing."""
    return ("" if language == "zh" else " ").join(line.strip() for line in body.splitlines())


def rules_page(rules: Iterable[Rule], language: Language = "en") -> str:
    """The whole of docs/rules.md, or of docs/rules.zh.md."""
    rules = list(rules)
    lines = [f"# {said(_TITLE, language)}", "", said(_MADE, language), ""]
    lines += [said(_COLUMNS, language), "| --- | --- | --- | --- | --- |"]
    for rule in rules:
        link = f"[{rule.name}](#{rule.name.replace('.', '')})"
        fix = said(_FIXES[rule.applicability], language)
        what = explanation(rule, language).what
        lines.append(f"| {rule.code} | {link} | {said(_WORDS[rule.severity], language)} | {fix} | {what} |")
    return "\n".join([*lines, "", *(rule_markdown(rule, language) for rule in rules)])


def rule_object(rule: Rule, language: Language = "en") -> dict[str, Any]:
    """For programs."""
    found = explanation(rule, language)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.word,
        "fix": rule.applicability,
        "what": found.what,
        "sections": found.sections,
        "bad": [_plain(example) for example in rule.bad],
        "good": [_plain(example) for example in rule.good],
    }


def _plain(example: Any) -> JSON:
    """An example as JSON: a row, a line, or the rows of a set."""
    if isinstance(example, tuple):
        return [_plain(row) for row in example]
    return _writable(example) if isinstance(example, str) else example


def _shown(example: Any) -> list[str]:
    """An example as lines: a row or a line, or the first rows of a set."""
    if isinstance(example, tuple):
        more = [f"… {len(example) - _MOST_ROWS} more rows"] if len(example) > _MOST_ROWS else []
        return [line for row in example[:_MOST_ROWS] for line in _shown(row)] + more
    return [_writable(example) if isinstance(example, str) else encode(example)]


_MOST_ROWS = 4


def _writable(text: str) -> str:
    """Text of an example line; stray bytes, which no UTF-8 output can hold, as escapes."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


if __name__ == "__main__":
    import sys

    from toolcall_data.rules._registry import rules

    print(rules_page(rules(), "zh" if "zh" in sys.argv else "en"), end="")
