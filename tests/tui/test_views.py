"""Every pane over every row of the samples: whatever a row holds can be laid out, and its words are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from toolcall_data import bundled
from toolcall_data.conversation.build import call, calls, gpt, human, row
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import chosen
from toolcall_data.sources.row_store import RowStore, open_rows
from toolcall_data.tui.conversation_view import conversation_blocks, message_of
from toolcall_data.tui.findings_view import explanation_blocks, findings_blocks
from toolcall_data.tui.lines import Block, lay_out
from toolcall_data.tui.raw_view import raw_blocks
from toolcall_data.tui.text import one_line
from toolcall_data.tui.tools_view import listed, tools_blocks
from toolcall_data.tui.words import LANGUAGES, Words

SAMPLES = [path for path in bundled.files("samples") if path.suffix == ".jsonl"]
WIDTH = 57


def painted(blocks: list[Block]) -> str:
    """The text of the lines, each checked to fit."""
    lines = ["".join(span.text for span in line.spans) for line in lay_out(blocks, WIDTH)]
    assert [line for line in lines if cell_len(line) > WIDTH or "\n" in line] == []
    return "\n".join(lines)


def squeezed(text: str) -> str:
    return "".join(text.replace("▌", "").split())


def complete(store: RowStore) -> RowStore:
    while not store.is_complete:
        store.advance()
    return store


def test_there_are_samples() -> None:
    assert SAMPLES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_row_can_be_shown(path: Path, language: str) -> None:
    words, checker = Words(language), Checker(chosen())
    with open_rows([path]) as store:
        for number in range(len(complete(store))):
            conversation = store.conversation(number)
            findings = checker.check(conversation)
            shown = squeezed(painted(conversation_blocks(conversation, findings, words)))
            for message in conversation.messages:
                if message.role in ("user", "assistant"):
                    assert squeezed(one_line(message.text)) in shown
            for finding in findings:
                assert squeezed(f"{finding.code} {finding.name}") in shown
                assert painted(explanation_blocks(finding))
            tools = painted(tools_blocks(conversation, range(len(listed(conversation))), words))
            assert all((tool.name or "") in tools for tool in conversation.tools)
            assert painted(findings_blocks(findings, words))
            assert painted(raw_blocks(store.raw(number), words)) or not store.raw(number)


def test_a_wrong_argument_has_its_finding_right_below_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    wrong = row(
        human("天气"), calls(call("get_weather", city="北京"), call("get_weather", city="上海", days="三")), gpt("好")
    )
    path.write_text(json.dumps(wrong), encoding="utf-8")
    with open_rows([path]) as store:
        conversation = complete(store).conversation(0)
        findings = [finding for finding in Checker().check(conversation) if finding.name == "call.type"]
        assert len(findings) == 1
        lines = painted(conversation_blocks(conversation, findings, Words("en"))).split("\n")
    place = next(number for number, line in enumerate(lines) if "call.type" in line)
    assert '"days": "三"' in lines[place - 1]
    assert lines[place].index("└") == lines[place - 1].index('"days"')


def test_a_finding_stands_with_the_message_it_is_about() -> None:
    found = 0
    with open_rows([path for path in SAMPLES if path.name.startswith("broken")]) as store:
        for number in range(len(complete(store))):
            conversation = store.conversation(number)
            for finding in Checker().check(conversation):
                about = message_of(conversation, finding)
                if about is not None:
                    found += 1
                    assert finding.pointer.startswith(conversation.messages[about].at)
    assert found
