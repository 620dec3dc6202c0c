"""A value that was built without validation is the value that validation gives."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from toolcall_data.bundled import files
from toolcall_data.conversation.canonical import from_json, to_json
from toolcall_data.conversation.model import Assistant, Call, Conversation, Result, Tool, User, Value, unchecked
from toolcall_data.sources.reader import open_file

CALL: dict[str, object] = {"name": "now", "arguments": {"zone": "北京"}, "raw": "{}", "at": "/a", "sub": "/arguments"}
KINDS: list[tuple[type[Value], dict[str, object]]] = [
    (User, {"role": "user", "text": "你好"}),
    (Result, {"role": "tool", "content": "晴", "extra": {"weight": 1}}),
    (Assistant, {"role": "assistant", "calls": (Call.model_validate(CALL),), "written": "{}"}),
    (Call, CALL),
    (Tool, {"raw": {"name": "now"}}),
    (Conversation, {"messages": (User(role="user", text="你好"),), "tools": (Tool(raw={"name": "now"}),)}),
]


@pytest.mark.parametrize(("kind", "fields"), KINDS, ids=lambda given: getattr(given, "__name__", ""))
def test_both_ways_give_the_same(kind: type[Value], fields: dict[str, object]) -> None:
    checked, believed = kind(**fields), unchecked(kind)(**fields)
    assert believed == checked
    assert repr(believed) == repr(checked)
    assert believed.model_dump_json(exclude_defaults=True) == checked.model_dump_json(exclude_defaults=True)
    assert pickle.loads(pickle.dumps(believed)) == checked
    name = next(iter(fields))
    assert believed.model_copy(update={name: None}) == checked.model_copy(update={name: None})
    assert believed == checked
    with pytest.raises(ValidationError):
        setattr(believed, name, None)


@pytest.mark.parametrize("path", files("samples"), ids=lambda path: path.stem)
def test_what_readers_build_passes_validation(path: Path) -> None:
    seen = list(open_file(str(path)).conversations())
    assert seen
    for conversation in seen:
        text = to_json(conversation)
        assert to_json(from_json(text)) == text


def test_what_is_remembered_of_a_value_is_forgotten_in_its_copy() -> None:
    tool = Tool(raw={"name": "now"})
    assert tool.name == "now"
    assert tool.model_copy(update={"raw": {"name": "then"}}).name == "then"
