"""Mutations of a text inside a row: markup opened and not closed, JSON broken, control tokens, endless repetitions."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.fuzz.dice import Dice

MARKUP = (
    *(
        "<tool_call>",
        "</tool_call>",
        "<tool_call>\n",
        "\n</tool_call>",
        "<TOOLCALL>[",
        "]</TOOLCALL>",
        "<call>[",
        "</call>",
    ),
    *("<function=get_weather>", "<function=", "</function>", "<parameter=city>", "<parameter=", "</parameter>"),
    *("<functioncall> ", "[TOOL_CALLS] [", "</s>", "Action: ", "\nAction Input: ", "\nThought: ", "\nObservation: "),
    *("<tools>", "</tools>", "<tool_response>", "</tool_response>", "<|python_tag|>", "<｜tool▁calls▁begin｜>"),
    *("<think>", "</think>", "<think>\n", "\n</think>\n\n", "<scratch_pad>", "</scratch_pad>"),
    *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "[INST]", "[/INST]", "<s>", "<|eot_id|>", "<|observation|>"),
    *(
        "{{content}}",
        "{{idx}}",
        "{{",
        "}}",
        "{%",
        "%}",
        "${x}",
        "<image>",
        "<video>",
        "%s",
        "{0}",
        "[姓名]",
        "<占位符>",
    ),
    *("USER: ", "\n\nASSISTANT: ", "FUNCTION RESPONSE: ", "SYSTEM: ", "API-Request: [", "```", "```json\n", "`", "~~~"),
    *("[get_weather(", "get_weather(city=", ")]", "City Weather(a='", '{"name": "', '"arguments": {', '"parameters": '),
)
ODD = (
    *(
        "\u2028",
        "\u0085",
        "\ufeff",
        "\u200b",
        "\u202e",
        "\x00",
        "\x1b[31m",
        "\x7f",
        "\u00a0",
        "\u3000",
        "\ufffd",
        "\ud83d",
    ),
    *(
        "e\u0301",
        "👩‍👩‍👧",
        "🇨🇳",
        "\U0010ffff",
        "１２３",
        "ＡＢＣ",
        "“",
        "”",
        "‘",
        "：",
        "，",
        "（",
        "鈥",
        "锟斤拷",
        "體",
        "ı",
        "İ",
    ),
    *(
        "\\n",
        "\\u",
        "\\ud800",
        "\\",
        "\r\n",
        "\t",
        "\n",
        "NaN",
        "Infinity",
        "-",
        "1e999",
        "9" * 400,
        "0x",
        "None",
        "True",
    ),
    *(
        "2026-13-45",
        "24:61",
        "99999-01-01",
        "13800138000",
        "110101199001011237",
        "a@b.c",
        "http://",
        "sk-",
        "百分之",
        "一千零",
    ),
)
ENDLESS: tuple[str, ...] = (
    *"()[]{}<>\"'`\\,:;=.-_ \n\t/|*#@%$&+~^?!0１一a北 ，。、“”（）",
    *(
        "<tool_call>",
        "</tool_call>",
        "<think>",
        "</think>",
        "<function=a>",
        "<parameter=a>",
        "<parameter=",
        "<functioncall>",
    ),
    *("Action: a\n", "Action Input: ", "Action: a\nAction Input: {", "[a(", "a(b=", "a=1,", "[TOOL_CALLS]", "<call>["),
    *(
        '{"a":',
        "{'a':",
        '["',
        "['",
        "[1,",
        '{"name": "a", "arguments": {',
        "1.",
        "1,",
        "1-",
        "2026-01-01",
        "12:00",
        "1e",
    ),
    *(
        "http://a.",
        "a@",
        "a.",
        "a-",
        "a_",
        "aB",
        "a b ",
        "北 ",
        "北a",
        " 1",
        "一百",
        "零一",
        "万亿",
        "$",
        "￥1",
        "1%",
        "\\u0061",
    ),
    *(
        "```",
        "```\n",
        "~~~\n",
        "`a`",
        "**a**",
        "# ",
        "- ",
        "| a ",
        "<a>",
        "</a>",
        "&amp;",
        "{{",
        "{{a}}",
        "${",
        "%s",
        "[[",
        "<<",
    ),
    *(
        "e\u0301",
        "\u0301",
        "👩‍",
        "\u200b",
        "\u202e",
        "\r\n",
        "\r",
        "\u2028",
        "\x00",
        "鈥",
        "USER: ",
        "\nTool: ",
        "FUNCTION RESPONSE: ",
    ),
)
LONGEST = 50_000


def text_of(dice: Dice, text: str) -> str:
    """The text with something done to it."""
    return dice.one_of(_WAYS)(dice, text) if not dice.chance(0.03) else _endless(dice, text)


def endless(dice: Dice) -> str:
    """One piece again and again, sometimes two in turn."""
    repeated = dice.one_of(ENDLESS)
    if dice.chance(0.3):
        repeated += dice.one_of(ENDLESS)
    return repeated * (dice.many(LONGEST) // len(repeated) + 1)


def piece(dice: Dice) -> str:
    return dice.one_of(MARKUP if dice.chance(0.7) else ODD)


def _endless(dice: Dice, text: str) -> str:
    head = piece(dice) if dice.chance(0.5) else ""
    tail = piece(dice) if dice.chance(0.3) else ""
    return _at_a_place(dice, text, head + endless(dice) + tail)


def _at_a_place(dice: Dice, text: str, inserted: str) -> str:
    at = dice.below(len(text) + 1)
    return text[:at] + inserted + text[at:]


def _pieces(dice: Dice, text: str) -> str:
    for _ in range(dice.few(6)):
        text = _at_a_place(dice, text, piece(dice))
    return text


def _wrapped(dice: Dice, text: str) -> str:
    return piece(dice) + text + piece(dice)


def _cut(dice: Dice, text: str) -> str:
    return text[: dice.below(len(text))]


def _without(dice: Dice, text: str) -> str:
    at = dice.below(len(text))
    return text[:at] + text[at + dice.few(12) :]


def _written_call(dice: Dice, text: str) -> str:
    name = dice.one_of(("get_weather", "now", "", "查询", text[:20]))
    call = json.dumps(
        {"name": name, dice.one_of(("arguments", "parameters", "args")): {"city": text[:40]}}, ensure_ascii=False
    )
    call = _without(dice, call) if dice.chance(0.3) else call
    opening, closing = dice.one_of(_NOTATIONS)
    return _at_a_place(dice, text, opening + call + (closing if dice.chance(0.7) else ""))


_NOTATIONS = (
    ("<tool_call>\n", "\n</tool_call>"),
    ("<tool_call>[", "]</tool_call>"),
    ("<functioncall> ", " <|endoftext|>"),
    ("<TOOLCALL>[", "]</TOOLCALL>"),
    ("[TOOL_CALLS] [", "]</s>"),
    ("<function=get_weather>", "</function>"),
    ("Action: get_weather\nAction Input: ", "\n"),
    ("[get_weather(", ")]"),
    ("<think>想</think>", ""),
    ("```json\n", "\n```"),
    ("", ""),
)


def _quotes(dice: Dice, text: str) -> str:
    old, new = dice.one_of(
        (('"', "'"), ('"', "“"), (":", "："), (",", "，"), ("1", "１"), ('"', '\\"'), ("\\", ""), ("}", ""))
    )
    return text.replace(old, new)


def _doubled(dice: Dice, text: str) -> str:
    return text + dice.one_of(("", "\n", ",", "\n\n")) + text


def _odd_whole(dice: Dice, text: str) -> str:
    return dice.one_of(("", " ", "\n", "null", "[]", "{}", "[{}]", "0", "true", '""', piece(dice)))


def _swapped(dice: Dice, text: str) -> str:
    at = dice.below(len(text))
    return text[at:] + text[:at]


_WAYS: tuple[Callable[[Dice, str], str], ...] = (
    *(
        _pieces,
        _pieces,
        _wrapped,
        _cut,
        _without,
        _written_call,
        _written_call,
        _quotes,
        _doubled,
        _odd_whole,
        _swapped,
    ),
)
