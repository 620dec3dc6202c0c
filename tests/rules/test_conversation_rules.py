"""Rules about the course of a conversation, close to the line, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from toolcall_data.conversation.build import call, call_text, chat, gpt, human, observation, row, tool
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.alpaca import Alpaca
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.prose import said
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import HEADINGS, explanation, rule_named, rules
from toolcall_data.rules.base import Finding, Severity

ABOUT_SHAPE = [rule for rule in rules() if rule.name.startswith(("conv.", "row.", "file."))]
WEATHER_CALL = '{"name": "get_weather", "arguments": {"city": "北京"}}'
AFTER = (observation({"text": "晴"}), gpt("北京今天晴。"))


def read(example: dict[str, Any]) -> Conversation:
    return ShareGPT().read(example, Origin(path="a.json", row=0, format="sharegpt"))


def found(name: str, example: dict[str, Any]) -> list[Finding]:
    return list(rule_named(name).check(read(example)))


def is_found(name: str, example: dict[str, Any]) -> bool:
    return bool(found(name, example))


@pytest.mark.parametrize("rule", ABOUT_SHAPE, ids=lambda rule: rule.name)
def test_rules_explain_themselves_in_chinese(rule: Any) -> None:
    explained = explanation(rule, "zh")
    assert tuple(explained.sections) == HEADINGS["zh"]
    assert all(explained.sections.values())


def test_findings_are_said_in_chinese() -> None:
    checked = 0
    for rule in ABOUT_SHAPE:
        for example in rule.bad:
            if isinstance(example, dict) and "conversations" in example:
                for each in rule.check(read(example)):
                    checked += 1
                    assert said(each.message, "zh") != str(each.message), rule.name
                    assert not each.hint or said(each.hint, "zh") != str(each.hint), rule.name
    assert checked > 40


@pytest.mark.parametrize(
    ("row_of_a_reader", "chinese"),
    [
        (
            {"conversation": [], "id": 1},
            "没有 `conversations`（该行有 `conversation`）；该行的键：'conversation', 'id'",
        ),
        ({"conversations": None}, "`conversations` 是 null"),
        ({"conversations": 5}, "`conversations` 是整数，不是列表"),
        ({"conversations": [], "system": {}}, "`system` 是对象，不是字符串"),
        ({}, "该行没有任何键"),
    ],
)
def test_what_a_reader_met_is_said_in_chinese(row_of_a_reader: dict[str, Any], chinese: str) -> None:
    assert chinese in [said(each.message, "zh") for each in Checker().check(read(row_of_a_reader))]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("你好 ", "你好"),
        ("\n\n你好\n", "你好"),
        ("  def f():\n    pass\n", "  def f():\n    pass"),
        ("\n\n  def f():\n    pass", "  def f():\n    pass"),
        ("  你好\n再见", "你好\n再见"),
        ("\u3000\u3000你好", "\u3000\u3000你好"),
        (" \n", " \n"),
        ("<think>想", "<think>想"),
        (" <think>\n想\n</think>\n\n好", " <think>\n想\n</think>\n\n好"),
    ],
)
def test_blanks_around_an_answer_are_stripped(text: str, kept: str) -> None:
    conversation = read(chat(human("你好"), gpt(text)))
    fixed = rule_named("conv.whitespace").fix(conversation)
    assert ShareGPT().write(fixed)["conversations"][1]["value"] == kept
    assert is_found("conv.whitespace", chat(human("你好"), gpt(text))) == (kept != text)


def test_thinking_keeps_its_form_where_blanks_are_stripped() -> None:
    fixed = rule_named("conv.whitespace").fix(read(chat(human("你好"), gpt("<think>\n想\n</think>\n\n\n 你好！\n"))))
    assert ShareGPT().write(fixed)["conversations"][1]["value"] == "<think>\n想\n</think>\n\n你好！"


def test_an_alpaca_row_keeps_instruction_and_input_apart() -> None:
    example = {"instruction": " 翻译", "input": "你好 \n", "output": "Hello"}
    conversation = Alpaca().read(example, Origin(format="alpaca"))
    written = Alpaca().write(rule_named("conv.whitespace").fix(conversation))
    assert (written["instruction"], written["input"], written["output"]) == ("翻译", "你好", "Hello")


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        (f"我来查。{WEATHER_CALL}", f"我来查。<tool_call>{WEATHER_CALL}</tool_call>"),
        (f"我来查。\n[{WEATHER_CALL}]\n", f"我来查。<tool_call>{WEATHER_CALL}</tool_call>"),
        (f"<tool_call>{WEATHER_CALL}</tool_call>我来查。", f"我来查。<tool_call>{WEATHER_CALL}</tool_call>"),
        (
            f"<think>\n想\n</think>\n\n我来查。{WEATHER_CALL}",
            f"<think>\n想\n</think>\n\n我来查。<tool_call>{WEATHER_CALL}</tool_call>",
        ),
    ],
)
def test_text_beside_a_call_is_written_where_it_is_kept(written: str, mended: str) -> None:
    answer = gpt("<think>\n是晴。\n</think>\n\n北京今天晴。") if "<think>" in written else AFTER[1]
    conversation = read(row(human("北京天气？"), call_text(written), AFTER[0], answer))
    names = [each.name for each in Checker().check(conversation) if each.severity is not Severity.INFO]
    assert names == ["conv.text_with_call"]
    fixed = rule_named("conv.text_with_call").fix(conversation)
    assert ShareGPT().write(fixed)["conversations"][1]["value"] == mended
    again = ShareGPT().read(ShareGPT().write(fixed), conversation.origin)
    assert [each for each in Checker().check(again) if each.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    "written",
    [
        f"我来查。<tool_call>{WEATHER_CALL}</tool_call>",
        f"我来查。\n<tool_call>\n{WEATHER_CALL}\n</tool_call>",
        WEATHER_CALL,
        "我来查。{'name': 'get_weather', 'arguments': {}}",
        f"```json\n{WEATHER_CALL}\n```",
        "我来查。",
    ],
)
def test_other_call_turns_are_none_of_its_business(written: str) -> None:
    assert not is_found("conv.text_with_call", row(human("北京天气？"), call_text(written), *AFTER))


def thought(text: str, **result: Any) -> dict[str, Any]:
    turn = call_text(f"<think>\n{text}\n</think>\n\n{WEATHER_CALL}")
    return row(
        human("北京今天多少度，记在 2024-05-01 下"), turn, observation(result), gpt("<think>\n好。\n</think>\n\n好。")
    )


@pytest.mark.parametrize(
    ("text", "result", "leaks"),
    [
        ("气温 21.75 度", {"celsius": 21.75}, True),
        ("编号 ST-20931", {"station": "ST-20931"}, True),
        ("是海淀公园气象站", {"station": "海淀公园气象站"}, True),
        ("大概 21 度", {"celsius": 21}, False),
        ("状态 success", {"status": "success"}, False),
        ("记在 2024-05-01", {"date": "2024-05-01"}, False),
        ("查北京", {"city": "北京"}, False),
        ("晴", {"is_sunny": True}, False),
    ],
)
def test_thinking_that_knows_the_result(text: str, result: dict[str, Any], leaks: bool) -> None:
    assert is_found("conv.think_leaks_result", thought(text, **result)) == leaks


@pytest.mark.parametrize(
    ("example", "severity"),
    [
        ({**chat(human("<image><image>比较"), gpt("一样")), "images": ["a", "b"]}, None),
        ({**chat(human("<image>比较"), gpt("一样")), "images": ["a", "b"]}, Severity.ERROR),
        ({**chat(human("是什么？"), gpt("`<image>`")), "images": []}, Severity.ERROR),
        ({**chat(human("是什么？"), gpt("猫")), "images": None}, None),
        ({**chat(human("<video>是什么？"), gpt("猫")), "videos": "a.mp4"}, None),
        (chat(human("<audio>是什么？"), gpt("猫叫")), Severity.WARNING),
        (chat(human("```html\n<video>\n</video>\n```"), gpt("是视频")), None),
        (chat(human("<img src=a>"), gpt("是图片")), None),
    ],
)
def test_media_and_their_marks(example: dict[str, Any], severity: Severity | None) -> None:
    assert [each.severity for each in found("conv.media_mismatch", example)] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("first", "is_answer"),
    [
        ("Sure, here's a function:", True),
        ("Certainly! Here is the translation:", True),
        ("当然可以，这段文本是积极的。", True),
        ("好的，以下是代码：", True),
        ("作为一个人工智能，我无法订餐。", True),
        ("Sure, but how?", False),
        ("当然可以，但是怎么做？", False),
        ("好的，以下是我的简历", False),
        ("好的，谢谢！", False),
        ("作为一个人工智能，你能做什么？", False),
        ("Here is my code:", False),
    ],
)
def test_a_first_message_that_is_an_answer(first: str, is_answer: bool) -> None:
    assert is_found("conv.user_is_assistant", chat(human(first), gpt("好。"))) == is_answer
    assert not is_found("conv.user_is_assistant", chat(human("你好"), gpt("你好"), human(first), gpt("好。")))


BOOK = tool("book_table", time={"type": "string", "description": "用餐时间"})
RATE = tool("convert_currency", amount={"type": "number", "description": "金额"})


@pytest.mark.parametrize(
    ("asked", "answer", "tools", "declines_wrongly"),
    [
        ("上海天气如何？", "很抱歉，我无法获取天气信息。", None, True),
        ("Convert 5 dollars to another currency", "Sorry, I cannot convert currency.", [RATE], True),
        ("帮我订一份披萨", "抱歉，我无法订购披萨。", None, False),
        ("帮我取消天气提醒", "抱歉，我无法取消天气提醒。", None, False),
        ("上海天气如何？", "抱歉，我无法查询天气，请提供日期。", None, False),
        ("上海天气如何？", "抱歉，我的功能仅限于查询天气，无法查询台风。", None, False),
        ("上海天气如何？", "上海今天晴。", None, False),
    ],
)
def test_refusals_of_what_a_tool_does(asked: str, answer: str, tools: Any, declines_wrongly: bool) -> None:
    assert is_found("conv.refusal_despite_tool", row(human(asked), gpt(answer), tools=tools)) == declines_wrongly


def test_a_refusal_after_a_call_is_fine() -> None:
    failed = observation({"error": "timeout"})
    example = row(human("北京天气？"), call("get_weather", city="北京"), failed, gpt("抱歉，我无法查询天气。"))
    assert not is_found("conv.refusal_despite_tool", example)


@pytest.mark.parametrize(
    ("asked", "answer", "is_fake"),
    [
        ("帮我订座", "好的，已为您预订今晚的座位。", True),
        ("帮我取消订单", "您的订单已成功取消。", True),
        ("Email Lin", "I've sent the email to Lin.", True),
        ("Book a flight", "Your flight has been booked.", True),
        ("帮我订座", "需要我为您预订吗？", False),
        ("怎么退款？", "如果商家已为您退款，款项三天内到账。", False),
        ("写一条预订成功的短信", "尊敬的客户，已为您预订今晚的座位。", False),
        ("Draft a reply", "I've sent the email to Lin.", False),
        ("为什么变慢了？", "您已经安装了太多程序。", False),
    ],
)
def test_actions_that_no_call_has_taken(asked: str, answer: str, is_fake: bool) -> None:
    assert is_found("conv.fake_action", row(human(asked), gpt(answer), tools=[BOOK])) == is_fake
    called = row(human(asked), call("book_table", time="今晚"), observation({"ok": True}), gpt(answer), tools=[BOOK])
    assert not is_found("conv.fake_action", called)


@pytest.mark.parametrize(
    ("asked", "result", "is_useless"),
    [
        ("要带伞吗？", {"text": "晴"}, True),
        ("再查一下", {"text": "晴"}, False),
        ("要带伞吗？", {"text": "雨"}, False),
    ],
)
def test_calls_for_what_was_told(asked: str, result: dict[str, str], is_useless: bool) -> None:
    turns = (human("北京天气？"), call("get_weather", city="北京"), *AFTER)
    again = (human(asked), call("get_weather", city="北京"), observation(result), gpt("好的。"))
    assert is_found("conv.call_after_answer", row(*turns, *again)) == is_useless


def test_statistics_name_the_class_of_a_row_without_calls() -> None:
    messages = [
        found("conv.tools_no_call", row(human("订票"), gpt(answer)))[0].message
        for answer in ("抱歉，我无法订票。", "请问去哪里？", "一年有十二个月。")
    ]
    assert [message.rpartition(": ")[2] for message in messages] == ["refusal", "question", "direct answer"]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('配置：{"a": {"b": 1}}', True),
        ('```json\n{"a": 1}\n```', True),
        ("void f() {}", False),
        ('{ "a": 1', False),
        ('f("x") { return {}; }', False),
        ("{" * 5000 + '"', False),
    ],
)
def test_json_objects_in_answers(text: str, holds: bool) -> None:
    assert is_found("conv.json_in_text", chat(human("例子"), gpt(text))) == holds


def test_a_row_of_results_has_one_rule_for_each_end() -> None:
    step = (human("北京天气？"), call("get_weather", city="北京"), observation({"text": "晴"}))
    ended = {each.name for each in Checker().check(read(row(*step))) if each.severity is Severity.ERROR}
    spoken = {
        each.name
        for each in Checker().check(read(row(*step, human("谢谢"), gpt("不客气"))))
        if each.severity is Severity.ERROR
    }
    assert (ended, spoken) == ({"conv.ends_with_obs"}, {"conv.no_answer_after_obs"})


def test_a_long_text_is_judged_in_time() -> None:
    """Every pattern is linear: a megabyte of what each looks for ends in moments."""
    for piece in ("已为您", "I've ", "抱歉，我无法", '{"', "<think>", "`", "当然可以，", " \n", "请提供", "{{idx}}"):
        text = piece * (200_000 // len(piece))
        conversation = read(row(human(text), gpt(text)))
        for rule in ABOUT_SHAPE:
            list(rule.check(conversation))
    assert len(ABOUT_SHAPE) > 30


def test_the_written_form_is_encoded_as_everywhere() -> None:
    fixed = rule_named("conv.text_with_call").fix(
        read(row(human("北京天气？"), call_text(f"查。{WEATHER_CALL}"), *AFTER))
    )
    assert (
        encode({"name": "get_weather", "arguments": {"city": "北京"}})
        in ShareGPT().write(fixed)["conversations"][1]["value"]
    )
