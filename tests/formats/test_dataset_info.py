"""dataset_info.json: its columns and tags, as LLaMA-Factory takes them, and our entries among others'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.model import Assistant, Origin, Result, User
from toolcall_data.errors import RecipeError
from toolcall_data.sources.dataset_info import Entry, format_of, merge_into, read_entry

if TYPE_CHECKING:
    from tests.conftest import Tcdata

OWN = {
    "formatting": "sharegpt",
    "columns": {"messages": "dialog", "system": "persona", "tools": "apis"},
    "tags": {
        "role_tag": "who",
        "content_tag": "says",
        "user_tag": "人",
        "assistant_tag": "机",
        "observation_tag": "果",
        "function_tag": "调",
        "system_tag": "设",
    },
}
ROW = {
    "dialog": [
        {"who": "人", "says": "北京天气？"},
        {"who": "调", "says": '{"name": "get_weather", "arguments": {"city": "北京"}}'},
        {"who": "果", "says": '{"text": "晴"}'},
        {"who": "机", "says": "晴。"},
    ],
    "persona": "你是助手",
    "apis": '[{"name": "get_weather", "description": "天气", "parameters": {"type": "object", "properties": '
    '{"city": {"type": "string"}}, "required": ["city"]}}]',
}


def entry(**keys: Any) -> Entry:
    return Entry("mine", Path("dataset_info.json"), keys)


def test_own_columns_and_tags_are_read_and_written() -> None:
    found = format_of(entry(**OWN))
    conversation = found.read(ROW, Origin())
    assert [type(message) for message in conversation.messages] == [User, Assistant, Result, Assistant]
    assert conversation.system == "你是助手"
    assert [tool.name for tool in conversation.tools] == ["get_weather"]
    assert conversation.calls[0].arguments == {"city": "北京"}
    assert found.write(conversation) == ROW


def test_without_a_columns_block_tools_and_system_are_ignored_as_the_trainer_does() -> None:
    found = format_of(entry(formatting="sharegpt"))
    conversation = found.read(row(human("?"), gpt("好"), system="你是助手"), Origin())
    assert conversation.tools == ()
    assert conversation.system is None


def test_a_tag_left_out_of_the_block_is_unknown() -> None:
    tags = {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"}
    written = entry(formatting="sharegpt", columns={"messages": "conversations", "tools": "tools"}, tags=tags)
    turns = row(human("?"), call("get_weather", city="北京"), observation("晴"), gpt("晴"))
    kinds = [message.role for message in format_of(written).read(turns, Origin()).messages]
    assert kinds == ["user", "malformed", "malformed", "assistant"]


def test_alpaca_columns() -> None:
    found = format_of(entry(columns={"prompt": "q", "query": "ctx", "response": "a", "history": "past"}))
    conversation = found.read({"q": "译", "ctx": "你好", "a": "Hello", "past": [["1", "2"]]}, Origin())
    assert [getattr(message, "text", None) for message in conversation.messages] == ["1", "2", "译\n你好", "Hello"]


def test_unknown_formatting_is_an_error_with_the_nearest() -> None:
    with pytest.raises(RecipeError) as error:
        format_of(entry(formatting="sharegtp"))
    assert error.value.hint == "did you mean `sharegpt`?"


def test_unknown_dataset_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text('{"glaive": {"file_name": "x.json"}}', encoding="utf-8")
    with pytest.raises(RecipeError) as error:
        read_entry(tmp_path / "dataset_info.json", "glave")
    assert error.value.hint == "did you mean `glaive`?"


def test_merging_keeps_others_makes_a_backup_and_writes_ascii(tmp_path: Path) -> None:
    path = tmp_path / "dataset_info.json"
    before = json.dumps({"别人的": {"file_name": "b.json"}}, ensure_ascii=False)
    path.write_text(before, encoding="utf-8")
    merge_into(path, {"ours": {"file_name": "o.json"}})
    assert path.read_bytes().isascii()
    assert list(json.loads(path.read_text())) == ["别人的", "ours"]
    assert (tmp_path / "dataset_info.json.bak").read_text(encoding="utf-8") == before
    merge_into(path, {"ours": {"file_name": "o.json"}})
    assert (tmp_path / "dataset_info.json.bak").read_text(encoding="utf-8") == before, "nothing changed: no new backup"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dataset_info.json", "dataset_info.json.bak"]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', "\x00"])
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dataset_info.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError):
        merge_into(path, {"ours": {"file_name": "o.json"}})
    assert path.read_text(encoding="utf-8") == text


def test_validate_reads_a_registered_file_with_its_entry(tcdata: Tcdata) -> None:
    info = {"mine": {"file_name": "rows.json", **OWN}, "gone": {"file_name": "gone.json"}}
    (tcdata.folder / "dataset_info.json").write_text(json.dumps(info), encoding="utf-8")
    (tcdata.folder / "rows.json").write_text(json.dumps([ROW], ensure_ascii=False), encoding="utf-8")
    for name in ("mine@.", "mine@dataset_info.json"):
        report = tcdata.here("validate", name, "--format", "json")
        errors = [finding for finding in report.json["findings"] if finding["severity"] == "error"]
        assert (report.code, errors) == (0, []), name
        assert [(file["path"], file["rows"]) for file in report.json["files"]] == [("rows.json", 1)]
    for name in (".", "dataset_info.json"):
        missing = tcdata.here("validate", name, "--format", "json")
        assert missing.code == 1
        (finding,) = [finding for finding in missing.json["findings"] if finding["severity"] == "error"]
        place = (finding["name"], finding["file"], finding["pointer"])
        assert place == ("info.file_missing", "dataset_info.json", "/gone/file_name")
        assert [(file["path"], file["rows"]) for file in missing.json["files"]] == [("rows.json", 1)]
