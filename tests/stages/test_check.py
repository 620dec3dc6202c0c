"""What happens to rows that the rules complain of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from toolcall_data.conversation.build import call, calls, chat, gpt, human, observation, row
from toolcall_data.errors import UsageError
from toolcall_data.pipeline.ledger import Tally

if TYPE_CHECKING:
    from tests.stages.conftest import Kitchen

GOOD = chat(human("好吗"), gpt("好"))
UNMENDABLE = row(human("北京天气？"), call("get_wether", city="北京"), observation("晴"), gpt("晴。"))
MENDABLE = row(
    human("两地天气？"),
    call("get_weather", city="北京"),
    call("get_weather", city="上海"),
    observation({"text": "晴"}),
    observation({"text": "雨"}),
    gpt("晴，雨。"),
)


def tally(kitchen: Kitchen, rows: list[Any], **check: Any) -> Tally:
    return kitchen.mix(sources={"a": kitchen.source("a", rows)}, check=check).tallies["a"]


def test_errors_are_dropped_with_their_reason_and_origin(kitchen: Kitchen) -> None:
    found = tally(kitchen, [GOOD, UNMENDABLE])
    assert found.dropped == {"call.unknown_tool": 1}
    (line,) = kitchen.rows(file="dropped")
    assert (line["stage"], line["reason"], line["row"], line["line"]) == ("check", "call.unknown_tool", 1, 2)
    assert "call.unknown_tool" in line["detail"]
    assert line["path"].endswith("a.jsonl")
    assert line["conversation"]["messages"][0]["text"] == "北京天气？"


def test_errors_may_be_kept_where_the_trainer_can_read_them(kitchen: Kitchen) -> None:
    assert tally(kitchen, [GOOD, UNMENDABLE], error="keep").kept == 2
    odd = chat(human("只有问题"))
    found = tally(kitchen, [GOOD, odd], error="keep", fix="none")
    assert found.dropped == {"export.not_trainable": 1}


def test_fail_stops_at_the_first_with_its_place(kitchen: Kitchen) -> None:
    with pytest.raises(UsageError) as error:
        tally(kitchen, [GOOD, UNMENDABLE], error="fail")
    assert error.value.place is not None
    assert error.value.place.endswith("a.jsonl:2")
    assert "call.unknown_tool" in error.value.message
    assert not (kitchen.folder / "mix").exists()


def test_safe_fixes_are_applied_and_counted(kitchen: Kitchen) -> None:
    found = tally(kitchen, [GOOD, MENDABLE])
    assert (found.kept, found.fixed_rows) == (2, 1)
    assert found.fixed["conv.consecutive_calls"] == 1
    mended = next(one for one in kitchen.rows() if len(one["conversations"]) == 4)
    merged = calls(call("get_weather", city="北京"), call("get_weather", city="上海"))
    assert mended["conversations"][1] == merged


def test_without_fixes_the_same_row_is_dropped(kitchen: Kitchen) -> None:
    found = tally(kitchen, [GOOD, MENDABLE], fix="none")
    assert (found.kept, found.fixed_rows, found.dropped.total()) == (1, 0, 1)


def test_rules_may_be_chosen(kitchen: Kitchen) -> None:
    assert tally(kitchen, [GOOD, UNMENDABLE], ignore=["call.unknown_tool"]).kept == 2
    assert tally(kitchen, [GOOD, UNMENDABLE], select=["conv"]).kept == 2
    with pytest.raises(UsageError, match=r"call\.unknown_tol") as error:
        tally(kitchen, [GOOD], ignore=["call.unknown_tol"])
    assert error.value.hint == "did you mean `call.unknown_tool`?"


def test_warnings_are_kept_or_dropped(kitchen: Kitchen) -> None:
    old = (
        '[{"name": "f", "description": "保存一段文本", "parameters": '
        '{"type": "dict", "properties": {"a": {"type": "string", "description": "文本"}}}}]'
    )
    warned = row(human("1?"), call("f", a="1"), observation("好"), gpt("好"), tools=old)
    assert tally(kitchen, [GOOD, warned], fix="none").kept == 2
    assert tally(kitchen, [GOOD, warned], fix="none", warning="drop").dropped == {"tool.params_root_type": 1}
    assert tally(kitchen, [GOOD, warned], warning="drop").fixed == {"tool.params_root_type": 1}
