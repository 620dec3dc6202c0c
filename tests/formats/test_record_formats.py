"""Formats whose rows are records: a query with answers, an API with instances, a benchmark's question, a tool list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.model import Assistant, Conversation, Origin, Result, User
from toolcall_data.formats.base import formats, recognise
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import rule_named
from toolcall_data.rules.base import Severity
from toolcall_data.sources.reader import open_file


def read(name: str, row: dict[str, Any]) -> Conversation:
    return formats()[name]().read(row, Origin())


def errors(conversation: Conversation) -> set[str]:
    return {finding.name for finding in Checker().check(conversation) if finding.severity is Severity.ERROR}


def write_lines(path: Path, *rows: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def xlam(answers: Any) -> dict[str, Any]:
    return {**formats()["xlam"].example, "answers": answers}


def test_xlam_tools_are_kept_as_written_and_mended_by_the_rules() -> None:
    conversation = read("xlam", formats()["xlam"].example)
    assert [type(message) for message in conversation.messages] == [User, Assistant]
    assert [call.arguments for call in conversation.calls] == [{"city": "奥斯陆"}, {"city": "罗马"}]
    assert conversation.tools[0].parameters["days"]["type"] == "int, optional"
    assert errors(conversation) == {"tool.params_flat", "tool.type_alias"}
    fixed = rule_named("tool.type_alias").fix(rule_named("tool.params_flat").fix(conversation))
    parameters = fixed.tools[0].parameters
    assert parameters["properties"]["days"] == {"description": "天数", "type": "integer"}


@pytest.mark.parametrize(
    ("answers", "text", "calls"),
    [
        ("[]", "", 0),
        ([], "", 0),
        ("抱歉，没有合适的工具。", "抱歉，没有合适的工具。", 0),
        ('"[1]"', "[1]", 0),
        ([{"name": "get_temperature", "arguments": {"city": "上海"}}], "", 1),
        ('{"name": "get_temperature", "arguments": {}}', "", 1),
        ('[{"name": "get_temperature", "arguments": {"city": "上', "", 1),
    ],
)
def test_xlam_answers(answers: Any, text: str, calls: int) -> None:
    conversation = read("xlam", xlam(answers))
    (answer,) = [message for message in conversation.messages if isinstance(message, Assistant)]
    assert (answer.text, len(answer.calls)) == (text, calls)
    written = formats()["xlam"]().write(conversation)
    assert isinstance(written["answers"], str)
    (again,) = [message for message in read("xlam", written).messages if isinstance(message, Assistant)]
    assert (again.text, len(again.calls)) == (text, calls)


def test_a_cut_off_answer_is_a_finding_at_its_place() -> None:
    row = xlam('[{"name": "get_temperature", "arguments": {"city": "上')
    (finding,) = [found for found in Checker().check(read("xlam", row)) if found.name == "call.not_json"]
    assert follow(row, finding.pointer) == row["answers"]


def test_xlam_unified_places_lie_under_conversation() -> None:
    row = formats()["xlam_unified"].example
    conversation = read("xlam_unified", row)
    assert conversation.system == row["task_instruction"]
    assert [follow(row, message.at) for message in conversation.messages] == row["conversation"]
    assert follow(row, conversation.calls[0].at) == '{"city": "上海"}'
    assert conversation.extra == {"unique_trajectory_id": "t1"}


def test_every_instance_of_toolalpaca_is_a_conversation(tmp_path: Path) -> None:
    row = formats()["toolalpaca"].example
    first = row["Instances"][0]
    hinted = {**first, "input": "查一下气温\nHint: 城市是上海", "output": "21 度。"}
    path = write_lines(tmp_path / "train.jsonl", {**row, "Instances": [first, hinted]}, {**row, "Instances": [first]})
    found = list(open_file(path).conversations())
    assert [(one.origin.row, one.origin.part) for one in found] == [(0, 0), (0, 1), (1, 0)]
    asked, called, answered, said = found[1].messages
    assert isinstance(asked, User)
    assert (asked.text, asked.extra) == ("查一下气温", {"hint": "城市是上海"})
    assert isinstance(called, Assistant)
    assert (called.thinking, called.calls[0].arguments) == ("先查上海。", {"city": "上海"})
    assert isinstance(answered, Result)
    assert isinstance(said, Assistant)
    assert (said.text, said.thinking) == ("21 度。", "查到了。")


def test_toolalpaca_schemas_come_from_the_openapi_document() -> None:
    operation = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
    }
    pet = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "friend": {}}}
    pet["properties"]["friend"] = {"$ref": "#/components/schemas/Pet"}  # type: ignore[index]
    document = {"paths": {"/pets/{id}": {"put": operation}}, "components": {"schemas": {"Pet": pet}}}
    row = {
        "Documentation": json.dumps(document),
        "Function_Description": {"putPet": "换宠物\nParameters: {}"},
        "Function_Projection": {"putPet": ["/pets/{id}", "PUT"]},
        "Instructions": ["换成旺财"],
        "Golden_Answers": [[{"Action": "putPet", "Action_Input": '{"id": 1, "name": ${name from getPet}}'}]],
    }
    conversation = read("toolalpaca", row)
    (tool,) = conversation.tools
    assert (tool.name, tool.description, tool.parameters["required"]) == ("putPet", "换宠物", ["id", "name"])
    assert tool.parameters["properties"]["friend"] == {"type": "object"}
    assert errors(conversation) == {"call.not_json"}


def test_references_that_multiply_are_followed_only_so_far() -> None:
    names = [f"S{number}" for number in range(12)]
    schemas = {
        name: {"properties": {str(key): {"$ref": f"#/components/schemas/{after}"} for key in range(20)}}
        for name, after in zip(names, [*names[1:], names[-1]], strict=True)
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}
    document = {"paths": {"/": {"post": {"requestBody": body}}}, "components": {"schemas": schemas}}
    row = {**formats()["toolalpaca"].example, "Documentation": json.dumps(document)}
    row["Function_Projection"] = {"bomb": ["/", "post"]}
    assert len(read("toolalpaca", row).model_dump_json()) < 2_000_000


def test_a_failed_api_step_is_an_error_result() -> None:
    row = json.loads(json.dumps(formats()["api_bank"].example))
    row["chat_history"][1]["result"] |= {"output": None, "exception": "城市不存在"}
    result = read("api_bank", row).messages[2]
    assert isinstance(result, Result)
    assert (result.content, result.is_error, result.name) == ("城市不存在", True, "GetTemperature")


QUESTION = {key: value for key, value in formats()["bfcl"].example.items() if key != "ground_truth"}


def test_bfcl_takes_the_first_accepted_value_and_keeps_the_others() -> None:
    row = formats()["bfcl"].example
    conversation = read("bfcl", row)
    assert [(call.name, call.arguments) for call in conversation.calls] == [
        ("weather.now", {"city": "上海", "days": 1})
    ]
    assert conversation.extra["ground_truth"] == row["ground_truth"]
    nested = {
        **row,
        "ground_truth": [{"f": {"at": [{"x": [1, 2], "y": ["", 3]}], "all": [["a", "b"], []], "no": [""]}}],
    }
    assert read("bfcl", nested).calls[0].arguments == {"at": {"x": 1, "y": 3}, "all": ["a", "b"]}


def test_bfcl_answers_may_lie_in_the_folder_beside_the_file(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "BFCL_v3_simple.json", QUESTION, {**QUESTION, "id": "simple_1"})
    assert [len(one.calls) for one in open_file(path).conversations()] == [0, 0]
    answer = {"id": "simple_0", "ground_truth": formats()["bfcl"].example["ground_truth"]}
    write_lines(tmp_path / "possible_answer" / "BFCL_v3_simple.json", answer)
    found = list(open_file(path).conversations())
    assert [len(one.calls) for one in found] == [1, 0]
    assert found[0].extra["ground_truth"] == answer["ground_truth"]


def test_bfcl_answers_of_several_turns_are_python() -> None:
    row = {
        "id": "multi_turn_0",
        "question": [[{"role": "user", "content": "进入文档"}], [{"role": "user", "content": "列出"}]],
        "involved_classes": ["GorillaFileSystem"],
        "ground_truth": [["cd(folder='文档')", "pwd()"], ["ls(a=True)"]],
    }
    conversation = read("bfcl", row)
    assert [message.role for message in conversation.messages] == ["user", "assistant", "user", "assistant"]
    assert [(call.name, call.arguments) for call in conversation.calls] == [
        ("cd", {"folder": "文档"}),
        ("pwd", {}),
        ("ls", {"a": True}),
    ]


@pytest.mark.parametrize("row", [formats()["mcp"].example, formats()["mcp"].example["tools"][0]], ids=["list", "tool"])
def test_a_list_of_tools_is_no_broken_conversation(row: dict[str, Any]) -> None:
    found = recognise([row])
    assert found is not None
    assert found.name == "mcp"
    conversation = read("mcp", row)
    assert errors(conversation) == set()
    assert conversation.tools[0].parameters["required"] == ["city"]
    assert conversation.tools[0].definition["annotations"] == {"readOnlyHint": True}


def test_a_tool_of_a_list_is_judged_like_any_other() -> None:
    row = {"name": "f", "description": "d", "inputSchema": {"type": "object", "properties": {"a": {"type": "str"}}}}
    assert "tool.type_alias" in {finding.name for finding in Checker().check(read("mcp", row))}


TURNS = [("Human", "你好"), ("chatgpt", "你好！")]


@pytest.mark.parametrize("key", ["conversation", "dialog", "conversations"])
@pytest.mark.parametrize("text", ["content", "text", "value"])
def test_other_spellings_of_sharegpt_are_read(key: str, text: str) -> None:
    row = {key: [{"role": role, text: said} for role, said in TURNS], "system": "简短"}
    found = recognise([row])
    assert found is not None
    assert found.name == "sharegpt_variants"
    conversation = read(found.name, row)
    assert [type(message) for message in conversation.messages] == [User, Assistant]
    assert [follow(row, message.value_at) for message in conversation.messages] == ["你好", "你好！"]
    assert (conversation.system, conversation.extra, errors(conversation)) == ("简短", {}, set())


def test_pairs_of_human_and_assistant_are_read() -> None:
    row = {"conversation": [{"human": "你好", "assistant": "你好！"}, {"human": "几点？", "assistant": None}], "n": 1}
    found = recognise([row])
    assert found is not None
    assert found.name == "sharegpt_variants"
    conversation = read(found.name, row)
    assert [message.role for message in conversation.messages] == ["user", "assistant", "user", "malformed"]
    assert follow(row, conversation.messages[1].value_at) == "你好！"
    assert conversation.extra == {"n": 1}


def test_foreign_roles_under_the_keys_of_the_trainer_stay_findings() -> None:
    row = {"conversations": [{"from": role, "value": said} for role, said in TURNS]}
    found = recognise([row])
    assert found is not None
    assert found.name == "sharegpt"
    assert errors(read("sharegpt", row)) == {"conv.unknown_role"}
