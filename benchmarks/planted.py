"""Made-up Chinese tool-call rows of about 2 KB, all different, with faults planted at known rows.

The same arguments give the same bytes. Every row is sharegpt; kind `few` has one text of tools for each of six trades,
kind `many` another text of tools in every row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

Kind = Literal["few", "many"]
Row = dict[str, Any]

EVERY = 499
"""One row in so many has a fault."""

_CITIES = ("北京", "上海", "广州", "成都", "西安", "武汉", "杭州", "哈尔滨", "乌鲁木齐", "厦门")
_ITEMS = ("空气炸锅", "机械键盘", "羽绒服", "保温杯", "蓝牙耳机", "儿童自行车", "电饭煲", "行李箱")
_TRADES = (
    ("weather", "天气", "预报天数", "预警级别"),
    ("train", "列车", "乘客人数", "席别"),
    ("order", "订单", "商品件数", "配送方式"),
    ("hotel", "酒店", "入住晚数", "房型"),
    ("clinic", "门诊", "候诊人数", "号别"),
    ("library", "图书", "借阅册数", "馆藏地"),
)
_LEVELS = ("普通", "优先", "加急")


def tools_of(trade: int, version: str) -> list[Row]:
    """The three tools of a trade; `version` stands in a description."""
    name, thing, count, level = _TRADES[trade]
    place = {"type": "string", "description": "城市名，例如杭州"}
    date = {"type": "string", "description": "日期，YYYY-MM-DD", "format": "date"}
    return [
        _tool(
            f"search_{name}",
            f"按城市、日期和{level}查询{thing}{version}",
            {
                "city": place,
                "date": date,
                "count": {"type": "integer", "description": f"{count}", "minimum": 1, "maximum": 99},
                "level": {"type": "string", "description": level, "enum": list(_LEVELS)},
            },
            ["city"],
        ),
        _tool(
            f"book_{name}",
            f"登记一条{thing}记录",
            {
                "code": {"type": "string", "description": f"查询结果里的{thing}编号", "minLength": 3},
                "people": {
                    "type": "array",
                    "description": "相关人员",
                    "items": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string", "description": "姓名"},
                            "phone": {"type": "string", "description": "手机号"},
                        },
                        "required": ["name"],
                    },
                },
                "note": {"type": "string", "description": "备注"},
            },
            ["code", "people"],
        ),
        _tool(f"cancel_{name}", f"取消一条{thing}记录", {"code": {"type": "string", "description": "编号"}}, ["code"]),
    ]


def _tool(name: str, description: str, properties: Row, required: list[str]) -> Row:
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"name": name, "description": description, "parameters": parameters}


def row_of(number: int, kind: Kind) -> Row:
    """Row `number`, without a fault: a search, in every third row a booking after it, and talk around them."""
    trade = number % len(_TRADES)
    name, thing, _, _ = _TRADES[trade]
    city, item = _CITIES[number // 7 % len(_CITIES)], _ITEMS[number // 11 % len(_ITEMS)]
    code = f"{name[:2].upper()}{number:07d}"
    date, count = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}", number % 99 + 1
    search: Row = {"city": city, "date": date, "count": count}
    level = ""
    if number % 3 == 0:
        search["level"] = _LEVELS[number % 2]
        level = f"，要{search['level']}的"
    found = {"code": code, "title": f"{city}{thing}{number}号", "price": number % 977 + 0.5, "left": number % 41}
    people = [{"name": f"何{item[0]}", "phone": f"138{number:08d}"}]
    turns = [
        _turn("human", f"我在{city}，{date}想看{item}对应的{thing}，一共{count}个{level}，编号大概是{number}，谢谢。"),
        _call(f"search_{name}", search),
        _turn("observation", _json({"items": [found, {**found, "code": f"{code}B", "left": 0}]})),
        _turn("gpt", f"{city}目前有两条{thing}，{code}还剩{number % 41}个，另一条已经没有了。要登记{code}吗？"),
    ]
    if number % 3 == 1:
        turns += [
            _turn("human", f"要，登记{people[0]['name']}，电话{people[0]['phone']}，备注写“{item}”。"),
            _call(f"book_{name}", {"code": code, "people": people, "note": item}),
            _turn("observation", _json({"ok": True, "receipt": f"R{number}"})),
            _turn("gpt", f"登记好了，回执号是R{number}，请在出发以前核对姓名和手机号。"),
        ]
    version = f"（接口第{number}版）" if kind == "many" else ""
    system = "" if number % 4 else f"你是{thing}服务台的助手，只根据工具的结果回答，不要编造。"
    return {"conversations": turns, "system": system, "tools": _json(tools_of(trade, version))}


def _turn(role: str, value: str) -> Row:
    return {"from": role, "value": value}


def _call(name: str, arguments: Row) -> Row:
    return _turn("function_call", _json({"name": name, "arguments": arguments}))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _arguments(row: Row, change: Callable[[Row], object]) -> Row:
    call = json.loads(row["conversations"][1]["value"])
    change(call["arguments"])
    row["conversations"][1]["value"] = _json(call)
    return row


def _written(row: Row, old: str, new: str) -> Row:
    value = row["conversations"][1]["value"]
    row["conversations"][1]["value"] = value.replace(old, new, 1)
    return row


def _tools(row: Row, change: Callable[[list[Row]], object]) -> Row:
    tools = json.loads(row["tools"])
    change(tools)
    row["tools"] = _json(tools)
    return row


def _without(row: Row, *indices: int) -> Row:
    row["conversations"] = [turn for index, turn in enumerate(row["conversations"]) if index not in indices]
    return row


def _value(row: Row, index: int, value: object) -> Row:
    row["conversations"][index]["value"] = value
    return row


def _role(row: Row, index: int, role: str) -> Row:
    row["conversations"][index]["from"] = role
    return row


def _twice(row: Row) -> Row:
    written = row["conversations"][1]["value"]
    return _value(row, 1, f"[{written}, {written}]")


def _not_finite(row: Row) -> Row:
    return _value(row, 1, re.sub(r'"count": \d+', '"count": NaN', row["conversations"][1]["value"]))


def _opened(row: Row, *turns: Row) -> Row:
    row["conversations"][:0] = turns
    return row


FAULTS: dict[str, tuple[frozenset[str], Callable[[Row], Row | str]]] = {
    fault: (frozenset(rules.split()), change)
    for fault, rules, change in (
        ("cut line", "file.json_lines", lambda row: _json(row)[:-40]),
        ("not an object", "row.not_object", lambda row: _json([row])),
        ("empty row", "row.empty", lambda row: {}),
        ("no messages", "row.key_missing", lambda row: {"tools": row["tools"]}),
        ("text that is a number", "row.value_not_string", lambda row: _value(row, 3, 25)),
        ("no message in the row", "conv.empty", lambda row: {**row, "conversations": []}),
        ("unknown role", "conv.unknown_role", lambda row: _role(row, 3, "helper")),
        ("question without answer", "conv.odd_count", lambda row: {**row, "conversations": row["conversations"][:1]}),
        ("ends on a result", "conv.ends_with_obs", lambda row: {**row, "conversations": row["conversations"][:3]}),
        ("answer first", "conv.starts_not_user", lambda row: _opened(row, _turn("gpt", "您好。"))),
        ("two system messages", "conv.multi_system", lambda row: _opened(row, *[_turn("system", "简短。")] * 2)),
        ("call as an answer", "conv.call_in_text", lambda row: _value(row, 3, row["conversations"][1]["value"])),
        ("no result after the call", "conv.call_without_obs", lambda row: _without(row, 2)),
        ("empty answer", "conv.empty_turn", lambda row: _value(row, 3, "")),
        ("call without tools", "conv.calls_no_tools", lambda row: {**row, "tools": ""}),
        ("thought not closed", "conv.think_format", lambda row: _value(row, 3, "<think>\n先想想。\n\n好的。")),
        ("control token", "conv.special_tokens", lambda row: _value(row, 3, "好的<|im_end|>")),
        ("tools cut off", "tool.not_json", lambda row: {**row, "tools": row["tools"][:-9]}),
        ("tool without a name", "tool.name_missing", lambda row: _tools(row, lambda tools: tools[2].pop("name"))),
        ("call is no JSON", "call.not_json", lambda row: _written(row, "{", "{'")),
        ("call without arguments", "call.keys", lambda row: _written(row, '"arguments"', '"args"')),
        ("arguments are a list", "call.args_not_object", lambda row: _value(row, 1, _listed(row))),
        ("key twice", "call.dup_keys", lambda row: _written(row, '{"city"', '{"city": "青岛", "city"')),
        ("not a number", "call.nan", _not_finite),
        ("no such tool", "call.unknown_tool", lambda row: _written(row, '"search_', '"find_')),
        ("missing argument", "call.missing_required", lambda row: _arguments(row, lambda given: given.pop("city"))),
        ("unknown argument", "call.unknown_arg", lambda row: _arguments(row, lambda given: given.update(town="青岛"))),
        ("wrong type", "call.type", lambda row: _arguments(row, lambda given: given.update(count=[3]))),
        ("not allowed", "call.enum", lambda row: _arguments(row, lambda given: given.update(level="随便"))),
        ("same call twice", "call.duplicate_in_turn", _twice),
    )
}
"""What can be planted: the blocking rules that must report the row, and how a sound row gets the fault."""


def _listed(row: Row) -> str:
    call = json.loads(row["conversations"][1]["value"])
    return _json({**call, "arguments": list(call["arguments"].values())})


def planted(rows: int) -> Iterator[tuple[int, str]]:
    """Rows that have a fault, counted from 0, and which."""
    names = list(FAULTS)
    for count, number in enumerate(range(EVERY // 2, rows, EVERY)):
        yield number, names[count % len(names)]


def make(path: Path, rows: int, kind: Kind) -> None:
    """Write the file, unless it is there already; half a file is never left behind."""
    if path.exists():
        return
    faults = dict(planted(rows))
    half = path.with_suffix(".part")
    with half.open("w", encoding="utf-8") as file:
        for number in range(rows):
            row: Row | str = row_of(number, kind)
            if number in faults:
                row = FAULTS[faults[number]][1](row_of(number, kind))
            file.write((row if isinstance(row, str) else _json(row)) + "\n")
    half.rename(path)
