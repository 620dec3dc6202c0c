"""Whether a value stands in what was said before, in any spelling, and what became of it where it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import call, calls, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.rules._bilingual import choice_for
from toolcall_data.rules._copied import uncopied
from toolcall_data.rules._grounding import context_of, follows_from, holds_value, named_in_digits
from toolcall_data.rules._numerals import dates_in, iso_spelling, numbers_in, value_of
from toolcall_data.rules._registry import rule_named


def read(example: dict[str, Any]) -> Conversation:
    return ShareGPT().read(example, Origin(path="a.json", row=0, format="sharegpt"))


ANYTHING = tool("use", a={}, b={}, c={}, email={}, message={}, limit={}, names={})


def fates(question: str, **arguments: Any) -> dict[str, str]:
    """What became of each argument of a call that follows a question."""
    example = row(human(question), call("use", **arguments), observation({}), gpt("好。"), tools=[ANYTHING])
    return {found.argument.name: found.fate for found in uncopied(read(example))}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20万美元", 200_000),
        ("二十万", 200_000),
        ("30年", 360),
        ("60个月", 5),
        ("打八折", 20),
        ("打八折", 0.8),
        ("八五折", 15),
        ("85折", 0.85),
        ("一百二十", 120),
        ("两千", 2000),
        ("一千二", 1200),
        ("十二万三", 123_000),
        ("三百五", 350),
        ("一百零五", 105),
        ("一亿二千万", 120_000_000),
        ("3.5亿", 350_000_000),
        ("二〇二二年", 2022),
        ("半小时", 30),
        ("半年", 6),
        ("一个半小时", 90),
        ("两年半", 2.5),
        ("百分之二十", 0.2),
        ("5%", 0.05),
        ("三分之一", 0.333333),
        ("1,234,567元", 1_234_567),
        ("下午3点", 15),
        ("晚上八点半", 20),
        ("身高1.75米", 175),
        ("２０２２年", 2022),
        ("3公里", 3000),
        ("三成", 30),
        ("一打鸡蛋", 12),
        ("twelve people", 12),
        ("10 million", 10_000_000),
        ("三点五", 3.5),
        ("1.5k", 1500),
    ],
)
def test_an_amount_is_known_in_every_spelling(text: str, value: float) -> None:
    assert round(value, 6) in numbers_in(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("十", 10), ("零", 0), ("万", 10_000), ("一点二", 1.2), ("一点", None), ("1.2.3", None)],
)
def test_odd_numerals(text: str, value: float | None) -> None:
    assert value_of(text) == value


def test_days_are_known_in_every_spelling() -> None:
    text = "2022年5月15日、5月16号、2022-05-17、2022/5/18、十二月二十五日、04/30/2022"
    assert dates_in(text) == {(2022, 5, 15), (0, 5, 16), (2022, 5, 17), (2022, 5, 18), (0, 12, 25), (2022, 4, 30)}
    assert dates_in("2022-13-45 99月99日") == frozenset()


def test_an_iso_date_is_found_again() -> None:
    text = "2022-04-15T10:00:00 到 2022-04-15T11:00:00"
    assert iso_spelling("2022年4月15日11:00:00", text) == "2022-04-15T11:00:00"
    assert iso_spelling("2022年4月15日", text) == "2022-04-15"
    assert iso_spelling("2022年4月16日", text) is None
    assert iso_spelling("4月15日", text) is None


def test_the_context_ends_before_the_message() -> None:
    conversation = read(row(human("北京"), gpt("几天？"), human("三天，共 42 元"), gpt("好。")))
    assert not holds_value(context_of(conversation, 1), "三天")
    assert holds_value(context_of(conversation, 3), "三天")
    assert holds_value(context_of(conversation, 3), 42)
    assert not holds_value(context_of(conversation, 2), 42)
    assert holds_value(context_of(conversation, 3), 3)
    assert not named_in_digits(context_of(conversation, 3), 3)


def test_results_and_the_system_prompt_are_context() -> None:
    example = row(
        human("查"), call("use"), observation({"id": "x-77"}), gpt("好"), system="城市：西安", tools=[ANYTHING]
    )
    assert holds_value(context_of(read(example), 3), "x-77")
    assert holds_value(context_of(read(example), 1), "西安")


def test_numbers_that_follow_from_others() -> None:
    assert follows_from(160, frozenset({200.0, 40.0}))
    assert follows_from(98, frozenset({0.98}))
    assert follows_from(180, frozenset({200.0, 10.0}))
    assert not follows_from(777, frozenset({200.0, 41.0}))


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("贷款20万，30年", {"a": 200_000, "b": 360}),
        ("原价200，打八折", {"a": 200, "b": 20}),
        ("苹果公司的股价", {"a": "AAPL"}),
        ("法语译成英语", {"a": "fr", "b": "en"}),
        ("美元换欧元", {"a": "USD", "b": "EUR"}),
        ("我生于1990年5月15日", {"a": "1990-05-15"}),
        ("明天上午十点开会", {"a": "2024-03-02", "b": "10:00"}),
        ("看《盗梦空间》", {"a": "盗梦空间"}),
        ("搜：盗梦空间", {"a": "《盗梦空间》"}),
        ("番茄炒蛋，走了三公里", {"a": "西红柿", "b": "千米"}),
        ("北京到上海", {"a": "Beijing", "b": "Shanghai"}),
        ("电话 138-0013-8000", {"a": "13800138000"}),
        ("发给 Bob@Example.com", {"email": "bob@example.com"}),
        ("开灯", {"a": True, "limit": 1, "c": None}),
        ("写首诗", {"message": "春眠不觉晓，处处闻啼鸟。"}),
    ],
)
def test_what_was_said_or_follows_is_held(question: str, arguments: dict[str, Any]) -> None:
    assert fates(question, **arguments) == {}


@pytest.mark.parametrize(
    ("question", "arguments", "fate"),
    [
        ("找几张图", {"limit": 5}, {"limit": "number"}),
        ("90年代的电影", {"a": 1990}, {"a": "number"}),
        ("想吃面", {"a": "火锅"}, {"a": "string"}),
        ("2022-05-15 开会", {"a": "2022年5月15日"}, {"a": "date"}),
        ("发给 boss@company.com", {"email": "老板@公司.com"}, {"email": "address"}),
        ("看 https://a.example/news", {"a": "https://a.example/新闻"}, {"a": "address"}),
        ("跑“DataSet1”", {"a": "数据集1"}, {"a": "identifier"}),
        ("约 John 和 Mike", {"names": ["约翰", "迈克"]}, {"names": "name"}),
        ("三个橙子", {"a": "橙色"}, {"a": "mistranslated"}),
        ("邮箱 johndoe@mail.com", {"email": "john_doe@mail.com"}, {"email": "drift"}),
    ],
)
def test_every_other_value_has_one_fate(question: str, arguments: dict[str, Any], fate: dict[str, str]) -> None:
    assert fates(question, **arguments) == fate


def test_defaults_and_choices_of_the_tool_are_held() -> None:
    offered = tool("use", size={"type": "integer", "default": 200}, unit={"type": "string", "description": "如 公顷"})
    example = row(human("画图"), call("use", size=200, unit="公顷"), observation({}), gpt("好。"), tools=[offered])
    assert uncopied(read(example)) == ()


def test_a_value_that_its_schema_refuses_is_reported_once() -> None:
    offered = tool("use", unit={"type": "string", "enum": ["米", "尺"]})
    example = row(human("画图"), call("use", unit="光年"), observation({}), gpt("好。"), tools=[offered])
    assert uncopied(read(example)) == ()


def test_fixes_copy_only_what_is_certain() -> None:
    mails = "发给 a.li@mail.com 和 b.wu@post.com"
    conversation = read(row(human(mails), call("use", email="李@信.com"), observation({}), gpt("好"), tools=[ANYTHING]))
    rule = rule_named("call.value_translated")
    assert [found.fix for found in rule.check(conversation)] == [None]
    assert rule.fix(conversation) == conversation
    both = read(row(human(mails), call("use", names=["a.li@mail.com", "吴@post.com"]), gpt("好"), tools=[ANYTHING]))
    assert rule.fix(both).calls[0].arguments == {"names": ["a.li@mail.com", "b.wu@post.com"]}


def test_two_calls_of_a_step_are_judged_apart() -> None:
    both = calls(call("use", a="北京"), call("use", a="火星"))
    example = row(human("北京和上海"), both, observation([1, 2]), gpt("好"), tools=[ANYTHING])
    assert [found.argument.value for found in uncopied(read(example))] == ["火星"]


def test_a_unit_is_wrong_only_where_the_number_was_said_in_another() -> None:
    loan = tool("use", term={"type": "integer", "description": "期限（以月为单位）"})

    def found(question: str, term: int) -> int:
        example = row(human(question), call("use", term=term), observation({}), gpt("好"), tools=[loan])
        return len(list(rule_named("call.unit_mismatch").check(read(example))))

    assert found("期限30年", 30) == 1
    assert found("期限三十年", 30) == 1
    assert found("期限30年", 360) == 0
    assert found("期限30个月，先付30年的税", 30) == 0
    assert found("90年代的30号", 30) == 0


def test_a_translated_choice_is_found_where_it_is_the_only_one() -> None:
    assert choice_for("摄氏度", ["celsius", "fahrenheit"]) == "celsius"
    assert choice_for("意大利", ["Italian", "Mexican"]) == "Italian"
    assert choice_for("是", ["true", "yes"]) is None
    assert choice_for("火星", ["mars"]) is None


ANY = st.text(max_size=40) | st.text("0123456789.,年月日万亿千百十半折%个点分之:/-T@ab A", max_size=40)


@settings(max_examples=200, deadline=None)
@given(ANY, ANY | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(ANY, max_size=3))
def test_nothing_breaks_the_reading(text: str, value: Any) -> None:
    assert all(isinstance(number, float) for number in numbers_in(text))
    dates_in(text)
    conversation = read(row(human(text), call("use", a=value), observation(text), gpt("好"), tools=[ANYTHING]))
    uncopied(conversation)
    if isinstance(value, str) and value.strip() and value in text:
        assert holds_value(context_of(conversation, 1), value)


def test_long_hostile_texts_end_soon() -> None:
    for text in (
        "1" * 50_000,
        "1," * 25_000,
        "十" * 50_000,
        "A.A " * 12_000,
        "a@" * 25_000,
        "年" * 50_000,
        "x" * 50_000,
    ):
        assert len(fates(text, a=f"甲{text[:390]}乙", b="约翰·多伊")) <= 2
