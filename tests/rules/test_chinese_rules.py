"""Rules about Chinese text: what they must leave alone, what their fixes may touch, and that no text breaks them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolcall_data.conversation.build import Turn, call, chat, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.formats.sharegpt import ShareGPT
from toolcall_data.prose import Prose
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._chinese import (
    SIMPLIFIED_SET,
    has_unusual_characters,
    plain,
    simplified,
    simplified_only_set,
    traditional_set,
)
from toolcall_data.rules._registry import rule_named, rules
from toolcall_data.rules.zh_fullwidth_json import repaired_json

OURS = [rule for rule in rules() if rule.name.startswith(("zh.", "obs.translated", "ans.lang"))]


def read(example: dict[str, Any]) -> Conversation:
    return ShareGPT().read(example, Origin(path="a.json", row=0, format="sharegpt"))


def found(name: str, example: dict[str, Any]) -> list[str]:
    rule, conversation = rule_named(name), read(example)
    return [each.message for each in rule.check(conversation)] if rule.only_if(conversation) else []


def said(*turns: str) -> dict[str, Any]:
    """A chat in which user and model speak in turn."""
    return chat(*[human(text) if index % 2 == 0 else gpt(text) for index, text in enumerate(turns)])


def called(question: str, tools: list[Any], *turns: Turn) -> dict[str, Any]:
    return row(human(question), *turns, observation({"ok": True}), gpt("好的。"), tools=tools)


def test_the_character_sets_are_those_of_the_scripts() -> None:
    assert len(SIMPLIFIED_SET) == 6763
    assert set("會歡裡這國語灣") <= traditional_set()
    assert traditional_set().isdisjoint("乾著於沈后里只面发台你好")
    assert set("这国语湾发") <= simplified_only_set()
    assert simplified_only_set().isdisjoint("后里只面好著")


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("zh.traditional", said("乾隆的著作藏於何处？", "在故宫。")),
        ("zh.traditional", said("“國語”怎么读？", "读作《國語》里的国语。")),
        ("zh.traditional", said("以下の文章を翻訳してください：會社", "好。")),
        ("zh.traditional", said("請轉成簡體字：歡迎", "欢迎")),
        ("zh.mixed_in_turn", said("这是 `國語` 的代码", "好")),
        ("zh.zero_width", said("👩‍💻 写代码", "नमस्ते क्‍ष")),
        ("zh.nbsp", said("　　第一段\n　　第二段", "好")),
        ("zh.control", said("一\t二\r\n三", "好")),
        ("zh.bidi", said("希伯来语", "\u200fשלום\u200e")),
        ("zh.mojibake", said("“锟斤拷”是什么？", "乱码。`烫烫烫` 也是。")),
        ("zh.mojibake", said("一个 \ufffd 是什么？", "São Paulo、naïve、25 °C、A±B、Ãé")),
        ("zh.untranslated_inline", said("iPhone 好用吗？", "好用， app 也多，可以看 vlog 视频。")),
        ("zh.untranslated_inline", said("怎么写？", "先写 print 语句，再运行代码。")),
        ("zh.template_residue", said("写一封道歉信", "尊敬的[客户姓名]：……")),
        ("zh.template_residue", said("见[文档](https://example.com)，【通知】", "[1] 好，[日期](链接)")),
        ("zh.space_between_cjk", said("张三 李四 王五", "好 的")),
        ("zh.halfwidth_punct", said("3.14 和 1,000，见 a.b", "好：https://a.b/c。")),
        (
            "ans.lang_mismatch",
            said("写一段 Python 代码", "def f():\n    return one and two and three and four and five and six"),
        ),
        (
            "ans.lang_mismatch",
            said("把这句译成英文：你好", "Hello there, how are you doing today, my good old friend of mine?"),
        ),
        ("zh.fullwidth_json", said("给我 JSON", '```json\n{"a": "他说：“好”，走了"}\n```')),
        ("zh.translationese", said("好", "那太好了！")),
    ],
)
def test_what_is_fine_is_left_alone(name: str, row: dict[str, Any]) -> None:
    assert found(name, row) == []


def test_one_rule_speaks_of_one_script_fault() -> None:
    whole, mixed = said("您好，請問需要什麼？", "好"), said("这裡很好", "好")
    assert (len(found("zh.traditional", whole)), found("zh.mixed_in_turn", whole)) == (1, [])
    assert (found("zh.traditional", mixed), len(found("zh.mixed_in_turn", mixed))) == ([], 1)


def test_a_fix_leaves_answers_arguments_and_quotes_alone() -> None:
    conversation = read(
        row(human("請設置“鬧鐘”"), call("get_weather", city="臺灣"), observation({"說": "雨"}), gpt("設置好了。"))
    )
    fixed = rule_named("zh.traditional").fix(conversation)
    written = ShareGPT().write(fixed)["conversations"]
    assert written[0]["value"] == "请设置“鬧鐘”"
    assert written[1:] == ShareGPT().write(conversation)["conversations"][1:]


def test_a_fix_of_residue_leaves_answers_alone() -> None:
    fixed = rule_named("zh.zero_width").fix(read(said("北\u200b京`\u200b`", "好\u200b")))
    assert [message.text for message in fixed.messages if message.role != "malformed" and message.role != "tool"] == [
        "北\u200b京`\u200b`",
        "好\u200b",
    ]
    fixed = rule_named("zh.zero_width").fix(read(said("北\u200b京", "好\u200b")))
    assert [message.model_dump()["text"] for message in fixed.messages] == ["北京", "好\u200b"]


def test_spaces_that_indent_survive_the_fix_of_the_others() -> None:
    fixed = rule_named("zh.nbsp").fix(read(said("　　一\u00a0二　三", "好")))
    assert fixed.messages[0].model_dump()["text"] == "　　一 二 三"


def test_mojibake_is_read_again_where_that_works_out() -> None:
    broken = "你好，世界".encode().decode("cp1252", errors="ignore")
    assert found("zh.mojibake", said(broken, "好"))
    fixed = rule_named("zh.mojibake").fix(read(said("ä½\xa0å¥½", "好")))
    assert fixed.messages[0].model_dump()["text"] == "你好"


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ('{“a”：1，"b"：［1，2］}', '{"a":1,"b":[1,2]}'),
        ('｛"a"："他说：“好”"｝', '{"a":"他说：“好”"}'),
        ('{"a": 1}', None),
        ("晴，21 度", None),
        ("{“a”：", None),
        ("[" * 5000 + "“", None),
    ],
)
def test_full_width_json(text: str, repaired: str | None) -> None:
    assert repaired_json(text) == repaired


def test_full_width_digits_are_narrowed_in_codes_only() -> None:
    order = tool("find", code={"type": "string"}, place={"type": "string"})
    conversation = read(called("查Ａ１２３", [order], call("find", code="Ａ１２３", place="朝阳Ａ区")))
    fixed = rule_named("zh.fullwidth_ascii").fix(conversation)
    assert fixed.calls[0].arguments == {"code": "A123", "place": "朝阳Ａ区"}


def test_escaped_characters_in_a_call_are_seen() -> None:
    raw = '{"name": "get_weather", "arguments": {"city": "\\u200b北京"}}'
    example = row(human("北京天气？"), {"from": "function_call", "value": raw}, observation("晴"), gpt("晴。"))
    assert has_unusual_characters(read(example))
    assert len(found("zh.zero_width", example)) == 1


def test_a_choice_is_certain_or_not_reported() -> None:
    unit = tool("convert", unit={"type": "string", "description": "celsius / fahrenheit / kelvin"})
    assert len(found("zh.enum_translated", called("换算", [unit], call("convert", unit="摄氏度")))) == 1
    assert found("zh.enum_translated", called("换算", [unit], call("convert", unit="兰氏度"))) == []
    declared = tool("convert", unit={"type": "string", "description": "celsius / kelvin", "enum": ["celsius"]})
    assert found("zh.enum_translated", called("换算", [declared], call("convert", unit="摄氏度"))) == []


ANY_TEXT = st.text(max_size=60) | st.text("會这a“”「」`\u200b\u3000 ，：{}\"'\ufffdÃ©锟斤拷1.", max_size=60)


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_no_text_breaks_a_rule(asked: str, value: str, answer: str) -> None:
    example = row(human(asked), call("get_weather", city=value), observation(answer), gpt(answer), system=value)
    conversation = read(example)
    assert len(OURS) > 20
    for rule in OURS:
        findings = list(rule.check(conversation))
        assert rule.only_if(conversation) or not findings, rule.name
        assert all(isinstance(each.message, Prose) for each in findings)
        fixed = rule.fix(conversation) if rule.applicability else conversation
        assert (fixed != conversation) == any(each.fix for each in findings), rule.name
        assert not rule.applicability or rule.fix(fixed) == fixed, rule.name


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
def test_blanking_and_converting_keep_every_character_outside(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)


def test_long_hostile_texts_end_soon() -> None:
    for text in (
        "“" * 50_000,
        "`" * 50_000,
        "北 " * 25_000,
        "[" * 50_000,
        "Ã" * 50_000,
        "a." * 25_000,
        "http://北" * 5_000,
    ):
        Checker(OURS).check(read(said(text, text)))
