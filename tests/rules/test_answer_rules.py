"""Rules about answers, close to the line: the traps that must stay silent."""

from __future__ import annotations

from typing import Any

import pytest

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.prose import Prose
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._registry import HEADINGS, explanation, rules
from toolcall_data.rules.base import Rule

CHECKER = Checker(rule for rule in rules() if rule.name.startswith("ans."))
MAIL = tool("send_email", ["to", "body"], to={"type": "string"}, body={"type": "string"})


def names(example: Any) -> set[str]:
    conversation: Conversation = ShareGPT().read(example, Origin(path="a.json", row=0, format="sharegpt"))
    return {finding.name for finding in CHECKER.check(conversation)}


def answered(result: Any, answer: str, *, asked: str = "北京天气？", **arguments: Any) -> set[str]:
    found = row(human(asked), call("get_weather", **(arguments or {"city": "北京"})), observation(result), gpt(answer))
    return names(found)


@pytest.mark.parametrize(
    ("asked", "result", "answer"),
    [
        ("情感如何？", {"confidence": 0.98}, "置信度为98%。"),
        ("原价200元，能省多少？", {"off": 40}, "省40元，现在160元。"),
        ("原价200元，打八折。", {"price": 160}, "打八折后160元，便宜20%。"),
        ("市值多少？", {"cap": 23329000000}, "The market cap is about $23.33B."),
        ("市值多少？", {"cap": 23329000000}, "市值约233.3亿元。"),
        ("单价95，12小时。", {"no": "A-1"}, "共1140元。"),
        ("多远？", {"km": 1.2345}, "约1.23公里。"),
        ("有哪些？", {"items": ["甲", "乙"]}, "1. 甲\n2. 乙\n共2项。"),
        ("几点？", {"start": "2026-03-05 09:30"}, "2026年3月5日09:30开始。"),
        ("贷20万。", {"monthly": 898.09}, "贷款200,000元，每月898.09元。"),
    ],
)
def test_numbers_that_follow_from_what_was_said(asked: str, result: Any, answer: str) -> None:
    assert "ans.number_ungrounded" not in answered(result, answer, asked=asked)


@pytest.mark.parametrize("answer", ["最高28.5度。", "共计417元。", "编号为" + "9" * 400 + "，最高28.5度。"])
def test_numbers_from_nowhere(answer: str) -> None:
    assert "ans.number_ungrounded" in answered({"high": 25}, answer)


@pytest.mark.parametrize(
    ("result", "answer", "found"),
    [
        ({"title": "雾中灯塔"}, "有一部《雾中灯塔》。", False),
        ({"title": "雾中 灯塔：上"}, "有一部《雾中灯塔·上》。", False),
        ({"title": "雾中灯塔"}, "有一部《雾中灯塔》（The Fog Lighthouse）。", False),
        ({"author": "Lin Xia"}, "作者是 Lin Xia。", False),
        ({"author": "林夏"}, "The author is Lin Xia, says Good Reader.", False),
        ({"title": "雾中灯塔"}, "有一部《灯塔》和《雾中灯塔》。", False),
        ({"title": "雾中灯塔"}, "有一部《大雾灯塔》。", True),
        ({"author": "林夏"}, "作者是 Xia Linden。", True),
    ],
)
def test_names_are_compared_without_their_spelling(result: Any, answer: str, found: bool) -> None:
    assert ("ans.entity_ungrounded" in answered(result, answer)) is found


@pytest.mark.parametrize(
    ("result", "answer", "found"),
    [
        ({"url": "https://a.example/x"}, "见 https://a.example/x 。", False),
        ({"url": "https://a.example/x/"}, "见[这里](http://www.a.example/x)，谢谢。", False),
        ({"host": "a.example"}, "见 https://a.example。", False),
        ({"title": "新款"}, "数组 a[0](1) 的用法。", False),
        ({"title": "新款"}, "见[新款](https://a.example/news)。", True),
        ({"file": "图1.jpg"}, "![图](image1.jpg)", True),
    ],
)
def test_links(result: Any, answer: str, found: bool) -> None:
    assert ("ans.link_fabricated" in answered(result, answer)) is found


def test_links_in_plain_answers_are_left_alone() -> None:
    assert names(chat(human("官网是什么？"), gpt("官网是 https://www.example.com 。"))) == set()


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ({"status": "success"}, "闹钟已经设好，明早叫您起床。"),
        ({"error": "timeout", "message": "请求超时"}, "天气服务暂时不可用，请过会儿再来。"),
        ({"books": []}, "很遗憾，图书馆里没有这本。"),
        ({"condition": "light rain with wind"}, "今天下小雨，风也不小，记得带伞出门。"),
        ({"days": 3, "hours": 12}, "一共是三天半，请您提前安排好时间。"),
        ({"translation": "Je suis ravi de vous voir"}, "翻译好了：Je suis ravi de vous voir。"),
        ({"text": "小雨转多云，气温13到19度"}, "有雨。"),
    ],
)
def test_answers_that_say_it_in_other_words(result: Any, answer: str) -> None:
    assert "ans.answer_ignores_obs" not in answered(result, answer)


@pytest.mark.parametrize(
    ("said", "question", "found"),
    [
        ("发到 lin@example.com", "请提供收件的邮箱。", True),
        ("我的邮箱是 lin@example.com，给林经理发邮件。", "请提供收件人的邮箱。", False),
        ("发到 lin@example.com", "请确认邮箱 lin@example.com 是否正确。", False),
        ("发到 lin@example.com", "这个邮箱无效，请重新提供邮箱。", False),
        ("发到 a@example.com 或 b@example.com", "请告诉我用哪个邮箱。", False),
        ("发封邮件", "请提供邮箱、主题和正文。", False),
        ("发到 lin@example.com", "好的，邮件主题是什么？", False),
        ("订单DD260331到哪了？", "请提供订单号。", True),
        ("My order number is 88231.", "Could you tell me your order number?", True),
    ],
)
def test_questions_for_what_is_known(said: str, question: str, found: bool) -> None:
    assert ("ans.asks_for_given" in names(row(human(said), gpt(question), tools=[MAIL]))) is found


@pytest.mark.parametrize(
    ("said", "to", "found"),
    [
        ("给林经理发邮件", "manager@company.example", True),
        ("给林经理发邮件", "未知", True),
        ("给林经理发邮件", "N/A", True),
        ("给林经理发邮件", "林经理", False),
        ("发到 lin@example.com", "lin@example.com", False),
        ("发到 lin@example.com", "lin_@example.com", False),
        ("把值设为 unknown", "unknown", False),
    ],
)
def test_calls_that_should_have_been_questions(said: str, to: str, found: bool) -> None:
    example = row(human(said), call("send_email", to=to, body="周五见。"), tools=[MAIL])
    assert ("ans.does_not_ask_missing" in names(example)) is found


@pytest.mark.parametrize(
    ("asked", "answer", "found"),
    [
        ("北京天气？", "根据查询结果，北京今天晴。", False),
        ("北京天气？", "系统显示北京今天晴。", False),
        ("用 JSON 格式给我北京天气。", '{"text": "晴"}', False),
        ("get_weather 怎么用？", "get_weather 用来查天气，今天晴。", False),
        ("北京天气？", "函数返回了晴。", True),
        ("北京天气？", "The function returned sunny.", True),
        ("北京天气？", "作为一个AI语言模型，我查到今天晴。", True),
        ("北京天气？", '查到了：{"text": "晴"}', True),
    ],
)
def test_machinery(asked: str, answer: str, found: bool) -> None:
    assert ("ans.meta_leak" in answered({"text": "晴"}, answer, asked=asked)) is found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("很抱歉，我无法为您预订机票。", True),
        ("I'm sorry, but I can't order flowers here.", True),
        ("抱歉让您久等了，已经查到：北京今天晴。", False),
        ("当然可以，请告诉我日期。", False),
    ],
)
def test_refusals(answer: str, found: bool) -> None:
    assert ("ans.refusal" in names(row(human("帮个忙"), gpt(answer)))) is found


FAMILIES = [rule for rule in rules() if rule.name.startswith(("call.", "obs.", "ans."))]


def test_the_families_are_there() -> None:
    assert len(FAMILIES) > 50


@pytest.mark.parametrize("rule", FAMILIES, ids=lambda rule: rule.name)
def test_rules_speak_chinese(rule: Rule) -> None:
    said = explanation(rule, "zh")
    assert tuple(said.sections) == HEADINGS["zh"]
    assert said.what.endswith("。")
    for example in rule.bad:
        if isinstance(example, dict) and "conversations" in example:
            origin = Origin(path="a.json", row=0, format="sharegpt")
            for finding in rule.check(ShareGPT().read(example, origin)):
                assert isinstance(finding.message, Prose), finding
                assert finding.message.zh != str(finding.message)
