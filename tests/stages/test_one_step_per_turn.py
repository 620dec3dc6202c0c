"""Several results of one step become the one observation that LLaMA-Factory allows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.model import Assistant, Call, Conversation, Result, User
from toolcall_data.transforms.one_step_per_turn import ParallelResults, one_step_per_turn


def step(contents: list[str], order: list[int] | None = None, *, ids: bool = True) -> Conversation:
    """One step of as many calls as contents, answered in the given order."""
    numbers = list(range(len(contents)))
    calls = tuple(Call(name="f", arguments={"n": number}, id=f"c{number}" if ids else None) for number in numbers)
    results = [Result(role="tool", content=contents[n], call_id=f"c{n}" if ids else None) for n in order or numbers]
    first = User(role="user", text="?")
    return Conversation(
        messages=(first, Assistant(role="assistant", calls=calls), *results, Assistant(role="assistant", text="!"))
    )


def merged(conversation: Conversation, how: ParallelResults = "list") -> str:
    found = one_step_per_turn(conversation, how).messages
    assert [message.role for message in found] == ["user", "assistant", "tool", "assistant"]
    assert isinstance(found[2], Result)
    return found[2].content


VALUES: st.SearchStrategy[Any] = st.lists(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
    | st.just({"温度": 21.5}),
    min_size=2,
    max_size=5,
)


@given(VALUES, st.randoms(use_true_random=False))
def test_results_stand_in_the_order_of_their_calls(values: list[Any], chance: Any) -> None:
    order = list(range(len(values)))
    chance.shuffle(order)
    contents = [json.dumps(value, ensure_ascii=False) for value in values]
    assert json.loads(merged(step(contents, order))) == values
    assert merged(step(contents, order), "qwen") == "\n</tool_response>\n<tool_response>\n".join(contents)


def test_without_ids_the_order_stays() -> None:
    assert json.loads(merged(step(["1", "2", "3"], [2, 0, 1], ids=False))) == [3, 1, 2]


def test_text_that_is_no_json_stays_text() -> None:
    assert json.loads(merged(step(["晴", '{"a": 1}', "21 度"]))) == ["晴", {"a": 1}, "21 度"]
    assert "晴" in merged(step(["晴", "雨"])), "Chinese is not escaped"


@pytest.mark.parametrize("how", ["list", "qwen"])
def test_a_single_result_is_left_as_it_is(how: ParallelResults) -> None:
    conversation = step(["21 度"])
    assert one_step_per_turn(conversation, how) is conversation
