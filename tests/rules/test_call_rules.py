"""Rules about calls and results, close to the line: what they must not report, and what a fix may touch."""

from __future__ import annotations

from typing import Any

import pytest

from toolcall_data.conversation.build import call, call_text, calls, gpt, human, observation, row, tool
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Assistant, Conversation, Origin
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._examples import asked, step, weather
from toolcall_data.rules._registry import rule_named, rules
from toolcall_data.rules.base import Finding, Severity

ABOUT_SOURCES = {"call.ungrounded_string", "call.ungrounded_number"}
CHECKER = Checker(
    rule for rule in rules() if rule.name.startswith(("call.", "obs.")) and rule.name not in ABOUT_SOURCES
)
MAIL = tool("send_email", ["to"], to={"type": "string"}, body={"type": "string"}, cc={"type": "string"})
ORDER = tool("query_order", ["order_id"], order_id={"type": "string"})
TRACK = tool("track_parcel", ["number"], number={"type": "string"})
OPTIONS = tool(
    "search",
    ["query"],
    query={"type": "string"},
    limit={"type": "integer", "default": 10},
    deep={"type": "boolean"},
    ratio={"type": "number"},
    note={"type": ["string", "null"]},
    separator={"type": "string", "enum": ["", ","]},
)


def read(example: Any) -> Conversation:
    return ShareGPT().read(example, Origin(path="a.json", row=0, format="sharegpt"))


def check(example: Any) -> list[Finding]:
    return CHECKER.check(read(example))


def names(example: Any) -> set[str]:
    return {finding.name for finding in check(example)}


def given(example: Any) -> Any:
    return read(example).calls[0].arguments


def fixed(example: Any, name: str) -> Any:
    return rule_named(name).fix(read(example)).calls[0].arguments


def returned(*values: Any, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
    """A row whose one tool gives these results, one after the other."""
    turns: list[Any] = []
    for number, value in enumerate(values):
        turns += [call("query_order", **(arguments or {"order_id": f"DD{number}071"})), observation(value)]
    return row(human("订单DD0071、DD1071、DD2071到哪了？"), *turns, gpt("都在路上。"), tools=[ORDER])


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"deep": "true"}, {"call.bool_string"}),
        ({"deep": "FALSE"}, {"call.bool_string"}),
        ({"deep": "是"}, {"call.type"}),
        ({"limit": "5"}, {"call.numeric_string"}),
        ({"limit": None}, {"call.null_arg"}),
        ({"note": None}, set()),
        ({"note": ""}, {"call.empty_string"}),
        ({"separator": ""}, set()),
        ({"ratio": 0.5}, set()),
        ({"ratio": 1}, {"call.int_for_number"}),
        ({"limit": 10}, {"call.equals_default"}),
        ({"limit": 10.0}, {"call.float_for_integer"}),
        ({"查询": "周报"}, {"call.key_lang"}),
        ({"queries": "周报"}, {"call.unknown_arg"}),
    ],
)
def test_each_fault_of_an_argument_has_one_name(arguments: dict[str, Any], found: set[str]) -> None:
    assert names(asked(OPTIONS, query="周报", **arguments)) == found


def test_a_required_null_is_an_error_and_stays() -> None:
    [found] = check(weather(city=None))
    assert (found.name, found.severity, found.fix) == ("call.null_arg", Severity.ERROR, None)


def test_fixes_drop_only_what_may_be_left_out() -> None:
    example = asked(OPTIONS, query="", note=" ", limit=10, deep=None)
    assert fixed(example, "call.empty_string") == {"query": "", "limit": 10, "deep": None}
    assert fixed(example, "call.null_arg") == {"query": "", "note": " ", "limit": 10}
    assert fixed(example, "call.equals_default") == {"query": "", "note": " ", "deep": None}


def test_a_fix_never_makes_a_call_that_its_tool_refuses() -> None:
    picky = tool("f", a={"type": "string"})
    picky["parameters"]["minProperties"] = 1
    assert fixed(asked(picky, a=""), "call.empty_string") == {"a": ""}
    [found] = check(asked(picky, a=""))
    assert (found.name, found.fix) == ("call.empty_string", None)


def test_fixes_leave_answers_alone() -> None:
    example = weather(city="北京", unit="")
    before, after = read(example), rule_named("call.empty_string").fix(read(example))
    said = [[m.text for m in each.messages if isinstance(m, Assistant) and not m.calls] for each in (before, after)]
    assert said[0] == said[1] != []


@pytest.mark.parametrize(
    "value",
    [
        "见 [会议纪要](https://example.com/a)",
        "第[3]条、[重要]、[图片]",
        "list[int]",
        "a < b and c > d",
        "<b>标题</b>",
        "{'name': 1}",
        "string theory",
        "数组下标 a[date_index]",
        "您的姓名和地址已登记",
    ],
)
def test_ordinary_brackets_are_no_blanks(value: str) -> None:
    assert "call.placeholder" not in names(asked(MAIL, to="lin@example.com", body=value))


def test_a_template_that_the_user_wrote_is_no_blank() -> None:
    text = "{{name}}您好"
    example = row(human(f"存成模板：{text}"), call("send_email", to="a@example.com", body=text), tools=[MAIL])
    assert names(example) == set()
    assert names(asked(MAIL, to="a@example.com", body=text)) == {"call.placeholder"}


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ("AKIA" + "Q3ZJ7KLM2NPX5RST", Severity.ERROR),
        ("ghp_" + "aB3dE6gH9jK2mN5pQ8rS" + "1uV4xY7zA0cD3fG6", Severity.ERROR),
        ("LTAI" + "5tQ8rS1uV4xY7zA0cD3f", Severity.ERROR),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE", Severity.ERROR),
        ("AKIAIOSFODNN7EXAMPLE", None),
        ("sk-xxxxxxxxxxxxxxxxxxxxxxxx", None),
        ("sk-learn 的用法", None),
        ("task-force-meeting-in-the-morning", None),
        ("3f2b8c1d9e4a7f60b5c2d8e1a4f79b03", None),
    ],
)
def test_secrets_are_known_by_their_form(value: str, severity: Severity | None) -> None:
    found = [each.severity for each in check(asked(MAIL, to="a@example.com", body=value))]
    assert found == ([severity] if severity is not None else [])


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("password", "hupo-1987", True),
        ("newPassword", "hupo-1987", True),
        ("password", "********", False),
        ("password", "", False),
        ("password_hint", "猫的名字", False),
        ("password_length", "12", False),
    ],
)
def test_a_password_is_only_a_warning(name: str, value: str, found: bool) -> None:
    login = tool("login", [name], **{name: {"type": "string"}})
    secrets = [each for each in check(asked(login, **{name: value})) if each.name == "call.secret_value"]
    assert [each.severity for each in secrets] == ([Severity.WARNING] if found else [])


@pytest.mark.parametrize(
    ("name", "said", "found"),
    [
        ("delete_account", "我不想用这个账号了。", True),
        ("deleteAccount", "我不想用这个账号了。", True),
        ("transfer_money", "给林夏转两百。", True),
        ("注销账号", "我不想用这个账号了。", True),
        ("delete_account", "确认注销。", False),
        ("delete_account", "Yes, go ahead.", False),
        ("transfer_call", "转给客服。", False),
        ("remove_background", "把背景去掉。", False),
        ("get_deleted_items", "回收站里有什么？", False),
        ("undelete", "恢复文件。", False),
    ],
)
def test_danger_is_in_the_name_and_ends_with_consent(name: str, said: str, found: bool) -> None:
    example = row(human(said), call(name, user="lin"), tools=[tool(name, user={"type": "string"})])
    assert ("call.dangerous" in names(example)) is found


def test_commands_are_dangerous_wherever_they_are_given() -> None:
    shell = tool("run", command={"type": "string"})
    assert "call.dangerous" in names(asked(shell, command="sudo rm -rf /var/log"))
    assert "call.dangerous" in names(asked(shell, command="DELETE FROM orders;"))
    assert "call.dangerous" not in names(asked(shell, command="delete from orders where id = 5"))
    assert "call.dangerous" not in names(asked(shell, command="怎样使用 rm -rf"))


def test_asking_again_is_fine_when_something_changed() -> None:
    again = {"order_id": "DD0071"}
    assert "call.repeat_later" in names(returned({"at": "苏州"}, {"at": "苏州"}, arguments=again))
    assert "call.repeat_later" not in names(returned({"at": "苏州"}, {"at": "上海"}, arguments=again))
    assert "call.repeat_later" not in names(returned({"error": "timeout"}, {"error": "timeout"}, arguments=again))
    once = (call("query_order", **again), observation({"at": "苏州"}), gpt("在苏州。"))
    assert "call.repeat_later" not in names(row(human("DD0071？"), *once, human("再查一次。"), *once, tools=[ORDER]))


def test_parallel_calls_may_share_what_was_said() -> None:
    both = calls(call("query_order", order_id="DD0715"), call("track_parcel", number="SF33021"))
    told = row(human("查DD0715"), both, observation([{"number": "SF33021"}, {"at": "苏州"}]), tools=[ORDER, TRACK])
    assert "call.parallel_dependent" in names(told)
    known = row(
        human("查DD0715和SF33021"), both, observation([{"number": "SF33021"}, {"at": "苏州"}]), tools=[ORDER, TRACK]
    )
    assert "call.parallel_dependent" not in names(known)


def test_a_step_that_waited_for_a_result_is_no_missing_parallel() -> None:
    assert "call.parallel_missing" in names(returned({"at": "苏州"}, {"at": "上海"}))
    assert "call.parallel_missing" not in names(returned({"error": "not found"}, {"at": "上海"}))


def test_what_the_model_named_first_is_no_look_into_the_future() -> None:
    found = (call("query_order", order_id="DD0715"), observation({"order_id": "DD0715", "at": "苏州"}))
    example = row(
        human("我最近的订单呢？"), *found, gpt("DD0715在苏州。"), human("DD0715何时到？"), gpt("明天。"), tools=[ORDER]
    )
    assert "call.future_info" not in names(example)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", {"obs.empty"}),
        ("null", {"obs.empty"}),
        ("{}", {"obs.empty"}),
        ("[]", set()),
        ('{"books": []}', set()),
        ("晴，25度", set()),
        ("[1] 引用自官网", set()),
        ("{晴} 是天气", set()),
        ('{"text": "晴', {"obs.not_json"}),
        ("{'text': '晴'}", {"obs.python_repr"}),
        ("[{'text': '晴', 'rain': None}]", {"obs.python_repr"}),
        ("{'text': {1, 2}}", {"obs.not_json"}),
        ("True", set()),
        ("42", {"obs.scalar"}),
        ('"晴"', {"obs.scalar"}),
        ('{"status": 200}', set()),
        ('{"status": 404}', {"obs.error"}),
        ('{"error": null, "text": "晴"}', set()),
        ('{"error_rate": 0.5}', set()),
        ('{"city": "北京"}', {"obs.echo"}),
        ('{"city": "北京", "text": "晴"}', set()),
        ('{"天气": "晴"}', {"obs.keys_cjk"}),
        ('{"北京": "晴", "北京市": "晴"}', set()),
        ("{" * 5000, set()),
        ("[[" * 3000, {"obs.not_json"}),
    ],
)
def test_results(content: str, found: set[str]) -> None:
    example = row(human("北京天气？"), call("get_weather", city="北京"), observation(content), gpt("好的。"))
    assert {name for name in names(example) if name.startswith("obs.")} == found


def test_a_python_literal_becomes_the_json_of_the_same_value() -> None:
    example = step(call("get_weather", city="北京"))
    example["conversations"][2] = observation("{'text': '晴', 'range': (18, 25), 'rain': False, 'note': None}")
    fixed_row = rule_named("obs.python_repr").fix(read(example))
    assert ShareGPT().write(fixed_row)["conversations"][2]["value"] == encode(
        {"text": "晴", "range": [18, 25], "rain": False, "note": None}
    )


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"at": "苏州"}, {"at": "上海"}, False),
        ({"at": "苏州"}, {"at": "上海", "eta": "明天"}, False),
        ({"at": "苏州"}, {"error": "not found"}, False),
        ({"at": "苏州"}, [], False),
        ({"at": "苏州"}, {"place": "上海"}, True),
        ({"at": "苏州"}, [{"at": "上海"}], True),
    ],
)
def test_the_shape_of_results(first: Any, second: Any, found: bool) -> None:
    assert ("obs.schema_drift" in names(returned(first, second))) is found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("邮件已成功发送。", True),
        ("Your table has been booked.", True),
        ("邮件没有发送成功。", False),
        ("抱歉，发送失败，需要我重试吗？", False),
        ("已为您提交重试。", False),
        ("Unfortunately the table has not been booked.", False),
        ("系统正忙。", False),
    ],
)
def test_success_after_an_error(answer: str, found: bool) -> None:
    example = row(
        human("发邮件"), call("send_email", to="a@b.example"), observation({"error": "x"}), gpt(answer), tools=[MAIL]
    )
    assert ("obs.error_then_success" in names(example)) is found


def test_a_call_that_cannot_be_read_is_left_to_its_own_rule() -> None:
    assert names(step(call_text("{'name': 'get_weather', 'arguments': {'city': ''}}"))) == {"call.not_json"}
    assert given(weather(city="北京")) == {"city": "北京"}
