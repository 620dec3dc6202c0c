"""Defective rows, each with what it says, so that what LLaMA-Factory trains can be held against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHAREGPT = {"formatting": "sharegpt", "columns": {"messages": "conversations", "system": "system", "tools": "tools"}}
ALPACA = {
    "columns": {
        "prompt": "instruction",
        "query": "input",
        "response": "output",
        "history": "history",
        "system": "system",
        "tools": "tools",
    }
}
OPENAI = {
    "formatting": "openai",
    "columns": {"messages": "messages", "system": "system", "tools": "tools"},
    "tags": {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "observation_tag": "tool",
        "function_tag": "function",
        "system_tag": "system",
    },
}


def tool(name: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": f"查询{name}", "parameters": schema}


def call(name: str = "get_tide", **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments or {"port": "青岛"}}


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


TIDE = tool("get_tide", port={"type": "string", "description": "港口"})
CLOCK = tool("get_clock", zone={"type": "string", "description": "时区", "enum": ["cst", "jst"]})
TOOLS = text([TIDE, CLOCK])
ONE, TWO = text(call()), text(call("get_clock", zone="cst"))


def turns(*pairs: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [{"from": role, "value": value} for role, value in pairs]


def row(*pairs: tuple[Any, Any], tools: Any = TOOLS, system: Any = "按需调用工具。") -> dict[str, Any]:
    return {"conversations": turns(*pairs), "system": system, "tools": tools}


def asked(value: Any, **more: Any) -> dict[str, Any]:
    """A row with this value as its call."""
    return row(
        ("human", "青岛几点涨潮？"),
        ("function_call", value),
        ("observation", '{"high": "06:12"}'),
        ("gpt", "六点十二分。"),
        **more,
    )


def offered(tools: Any, **more: Any) -> dict[str, Any]:
    """A row with this value as its tools."""
    return row(
        ("human", "青岛几点涨潮？"),
        ("function_call", ONE),
        ("observation", "06:12"),
        ("gpt", "六点。"),
        tools=tools,
        **more,
    )


def said(*pairs: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    """A row without calls."""
    return row(*pairs, **{"tools": "", **more})


def alpaca(**columns: Any) -> dict[str, Any]:
    plain = {"instruction": "翻译成英文", "input": "潮水", "output": "tide", "history": [], "system": "", "tools": ""}
    return {**plain, **columns}


GOOD = {
    "sharegpt": asked(ONE),
    "alpaca": alpaca(history=[["你好", "你好！"]]),
    "openai": {
        "messages": [
            {"role": "user", "content": "几点涨潮？"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "get_tide", "arguments": '{"port": "青岛"}'}}
                ],
            },
            {"role": "tool", "content": "06:12"},
            {"role": "assistant", "content": "六点。"},
        ],
        "system": "",
        "tools": TOOLS,
    },
}


@dataclass(frozen=True)
class Case:
    """A row and what it says.

    What is rendered is as meant where it equals the rendering of `meant`, if given, and holds `kept` (in the whole
    text) and `trained` (in what is learned) in this order. `lossy` rows say what no rendering could hold.
    """

    row: dict[str, Any]
    entry: Mapping[str, Any] | None = None
    meant: dict[str, Any] | None = None
    kept: tuple[str, ...] = ()
    trained: tuple[str, ...] = ()
    lossy: bool = False

    @property
    def registered(self) -> Mapping[str, Any]:
        return self.entry or (ALPACA if "instruction" in self.row or "output" in self.row else SHAREGPT)


def without(source: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key not in keys}


def columns(base: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    merged = {**base["columns"], **changed}
    return {**base, "columns": {key: value for key, value in merged.items() if value is not None}}


THOUGHT = "<think>\n先查潮汐。\n</think>\n\n"
BLOCK = f"<tool_call>{ONE}</tool_call>"


def openai(messages: list[Any], **more: Any) -> dict[str, Any]:
    return {"messages": messages, "system": "", "tools": TOOLS, **more}


def function(name: str, arguments: str) -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": name, "arguments": arguments}}


THREE: list[dict[str, Any]] = [
    {"role": "user", "content": "几点涨潮？"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [function("get_tide", '{"port": "青岛"}'), function("get_clock", '{"zone": "cst"}')],
    },
    {"role": "tool", "content": "06:12"},
    {"role": "tool", "content": "05:00"},
    {"role": "assistant", "content": "六点。"},
]

CASES: dict[str, Case] = {
    # well-formed rows
    "good": Case(asked(ONE), kept=("按需调用工具",), trained=("get_tide", "六点十二分")),
    "good_no_system": Case(asked(ONE, system="")),
    "good_parallel": Case(asked(f"[{ONE}, {TWO}]"), trained=("get_tide", "get_clock")),
    "good_wrapped_tools": Case(offered(text([{"type": "function", "function": TIDE}]))),
    "good_one_in_list": Case(asked(f"[{ONE}]"), meant=asked(ONE)),
    "good_spaced": Case(asked(json.dumps(call(), indent=2)), meant=asked(ONE)),
    "good_ends_on_call": Case(row(("human", "几点涨潮？"), ("function_call", ONE))),
    "good_led_by_system": Case(
        said(("system", "你是潮汐员。"), ("human", "好"), ("gpt", "好的"), system=""), kept=("潮汐员",)
    ),
    # the value of a call
    "call_free_text": Case(asked("调用 get_tide 查询青岛")),
    "call_python": Case(asked(str(call()))),
    "call_fenced": Case(asked(f"```json\n{ONE}\n```")),
    "call_after_text": Case(asked(f"好的。{ONE}")),
    "call_before_text": Case(asked(f"{ONE} 好的。")),
    "call_empty": Case(asked("")),
    "call_blank": Case(asked(" \n")),
    "call_number": Case(asked("42")),
    "call_true": Case(asked("true")),
    "call_null_text": Case(asked("null")),
    "call_string": Case(asked('"get_tide"')),
    "call_list_of_strings": Case(asked('["get_tide"]')),
    "call_list_of_lists": Case(asked('[["get_tide", {}]]')),
    "call_list_with_null": Case(asked(f"[{ONE}, null]")),
    "call_empty_list": Case(asked("[]"), trained=("[]",)),
    "call_empty_object": Case(asked("{}")),
    "call_no_name": Case(asked('{"arguments": {"port": "青岛"}}')),
    "call_no_arguments": Case(asked('{"name": "get_tide"}')),
    "call_parameters": Case(asked('{"name": "get_tide", "parameters": {"port": "青岛"}}')),
    "call_of_openai": Case(asked(text({"id": "a", "type": "function", "function": call()}))),
    "call_two_objects": Case(asked(f"{ONE}\n{TWO}")),
    "call_cut": Case(asked(ONE[:-3])),
    "call_null": Case(asked(None)),
    "call_object": Case(asked(call())),
    "call_list": Case(asked([call()])),
    "call_int": Case(asked(7)),
    "call_unknown_tool": Case(asked(text(call("get_moon")))),
    "call_name_null": Case(asked('{"name": null, "arguments": {}}'), trained=("null",)),
    "call_name_number": Case(asked('{"name": 5, "arguments": {}}'), trained=("5",)),
    "call_name_object": Case(asked('{"name": {"a": null}, "arguments": {}}'), trained=('{"a": null}',)),
    "call_more_keys": Case(asked(text({**call(), "id": "call_77", "why": "问潮汐"})), trained=("call_77",)),
    "arguments_text": Case(asked(text({"name": "get_tide", "arguments": '{"port": "青岛"}'})), meant=asked(ONE)),
    "arguments_list_text": Case(asked('{"name": "get_tide", "arguments": "[1]"}'), lossy=True),
    "arguments_word": Case(asked('{"name": "get_tide", "arguments": "青岛"}'), trained=('"青岛"',)),
    "arguments_null": Case(asked('{"name": "get_tide", "arguments": null}'), trained=("null",)),
    "arguments_list": Case(asked('{"name": "get_tide", "arguments": ["青岛", 3]}')),
    "arguments_number": Case(asked('{"name": "get_tide", "arguments": 3}')),
    "arguments_empty": Case(asked('{"name": "get_tide", "arguments": {}}')),
    "arguments_twice": Case(asked('{"name": "get_tide", "arguments": {"port": "青岛", "port": "烟台"}}'), lossy=True),
    "name_twice": Case(asked('{"name": "get_clock", "name": "get_tide", "arguments": {}}'), lossy=True),
    "arguments_nan": Case(asked('{"name": "get_tide", "arguments": {"port": NaN}}'), lossy=True),
    "arguments_too_large": Case(asked('{"name": "get_tide", "arguments": {"port": 1e999}}'), lossy=True),
    "arguments_nested": Case(asked(text(call(port={"b": [1, None, True], "a": {"c": "d"}})))),
    "arguments_half_character": Case(asked('{"name": "get_tide", "arguments": {"port": "\\ud83d"}}')),
    "arguments_number_spelled": Case(
        asked('{"name": "get_tide", "arguments": {"port": 1e3, "n": 12345678901234567890}}')
    ),
    "arguments_long_number": Case(asked('{"name": "get_tide", "arguments": {"port": %s}}' % ("9" * 5000))),
    "arguments_escaped": Case(asked(json.dumps(call(), ensure_ascii=True)), meant=asked(ONE)),
    "nested_too_deeply": Case(asked("[" * 100_000)),
    # thinking and markup before a call
    "thought": Case(asked(THOUGHT + ONE), trained=("先查潮汐", "get_tide")),
    "thought_no_breaks": Case(asked(f"<think>先查潮汐。</think>{ONE}"), trained=("先查潮汐", "get_tide")),
    "thought_one_break": Case(asked(f"<think>\n先查潮汐。\n</think>\n{ONE}"), trained=("先查潮汐", "get_tide")),
    "thought_behind": Case(asked(f"{ONE}\n{THOUGHT}"), trained=("青岛", "先查潮汐")),
    "thought_twice": Case(asked(THOUGHT + THOUGHT + ONE), trained=("先查潮汐", "先查潮汐", "get_tide")),
    "thought_indented": Case(asked(f"\n {THOUGHT}{ONE}"), meant=asked(THOUGHT + ONE)),
    "thought_open": Case(asked(f"<think>\n先查潮汐。\n{ONE}")),
    "thought_in_argument": Case(asked(text(call(port="<think>海</think>青岛"))), trained=("<think>海</think>青岛",)),
    "block": Case(asked(BLOCK), meant=asked(ONE)),
    "block_spaced": Case(asked(f"<tool_call>\n{ONE}\n</tool_call>"), meant=asked(ONE)),
    "block_after_text": Case(asked(f"我来查。{BLOCK}"), trained=("我来查。", "get_tide")),
    "block_before_text": Case(asked(f"{BLOCK}我查完了。"), trained=("get_tide", "我查完了。")),
    "block_of_two": Case(asked(f"<tool_call>[{ONE}, {TWO}]</tool_call>"), meant=asked(f"[{ONE}, {TWO}]")),
    "two_blocks": Case(
        asked(f"<tool_call>\n{ONE}\n</tool_call>\n<tool_call>\n{TWO}\n</tool_call>"), meant=asked(f"[{ONE}, {TWO}]")
    ),
    "two_same_blocks": Case(asked(BLOCK + BLOCK), trained=("get_tide", "get_tide")),
    "block_not_json": Case(asked("<tool_call>get_tide(青岛)</tool_call>")),
    "block_open": Case(asked(f"<tool_call>{ONE}")),
    "block_in_argument": Case(asked(text(call(port="<tool_call>青岛</tool_call>")))),
    "block_word_in_argument": Case(asked(text(call(port="<tool_call>青岛"))), trained=("<tool_call>青岛",)),
    "thought_and_block": Case(asked(f"<think>短</think>{BLOCK}"), trained=("<think>短</think>", "get_tide")),
    # tools
    "tools_words": Case(offered("get_tide(port)")),
    "tools_python": Case(offered(str([TIDE]))),
    "tools_blank": Case(offered(" ")),
    "tools_null_text": Case(offered("null")),
    "tools_number_text": Case(offered("3")),
    "tools_empty_list": Case(
        said(("human", "好"), ("gpt", "好的"), tools="[]", system=""),
        meant=said(("human", "好"), ("gpt", "好的"), system=""),
    ),
    "tools_empty_list_system": Case(
        said(("human", "好"), ("gpt", "好的"), tools="[]"), meant=said(("human", "好"), ("gpt", "好的"))
    ),
    "tools_empty_object": Case(
        said(("human", "好"), ("gpt", "好的"), tools="{}", system=""),
        meant=said(("human", "好"), ("gpt", "好的"), system=""),
    ),
    "tools_one_object": Case(offered(text(TIDE)), kept=("get_tide",)),
    "tools_string": Case(offered('"get_tide"'), kept=("get_tide",)),
    "tools_of_strings": Case(offered('["get_tide"]'), kept=("get_tide",)),
    "tools_of_texts": Case(offered(text([text(TIDE)])), kept=("get_tide",)),
    "tools_with_null": Case(offered(text([TIDE, None]))),
    "tools_list": Case(offered([TIDE])),
    "tools_object": Case(offered(TIDE)),
    "tools_null": Case(offered(None)),
    "tools_none_with_call": Case(offered("")),
    "tool_no_name": Case(offered(text([without(TIDE, "name")]))),
    "tool_no_parameters": Case(offered(text([without(TIDE, "parameters")]))),
    "tool_parameters_null": Case(offered(text([{**TIDE, "parameters": None}]))),
    "tool_parameters_text": Case(offered(text([{**TIDE, "parameters": "port"}]))),
    "tool_parameters_flat": Case(offered(text([{**TIDE, "parameters": {"port": {"type": "string"}}}]))),
    "tool_properties_list": Case(offered(text([{**TIDE, "parameters": {"type": "object", "properties": ["port"]}}]))),
    "tool_property_text": Case(
        offered(text([{**TIDE, "parameters": {"type": "object", "properties": {"port": "string"}}}]))
    ),
    "tool_required_true": Case(offered(text([{**TIDE, "parameters": {**TIDE["parameters"], "required": True}}]))),
    "tool_required_null": Case(offered(text([{**TIDE, "parameters": {**TIDE["parameters"], "required": None}}]))),
    "tool_enum_numbers": Case(offered(text([tool("get_tide", port={"type": "integer", "enum": [1, 2]})]))),
    "tool_items_true": Case(offered(text([tool("get_tide", port={"type": "array", "items": True})]))),
    "tool_name_number": Case(offered(text([{**TIDE, "name": 5}]))),
    "tool_response_text": Case(offered(text([{**TIDE, "response": "06:12"}]))),
    "tool_responses_style": Case(offered(text([{"type": "function", **TIDE}])), kept=("查询get_tide",)),
    "tool_function_text": Case(offered(text([{"type": "function", "function": "get_tide"}]))),
    "tool_key_twice": Case(
        offered(TOOLS.replace('"name": "get_tide"', '"name": "get_sea", "name": "get_tide"')),
        kept=("get_sea", "get_tide"),
    ),
    # the shape of a row
    "two_calls": Case(row(("human", "问"), ("function_call", ONE), ("function_call", TWO), ("gpt", "答"))),
    "text_then_call": Case(row(("human", "问"), ("gpt", "我查"), ("function_call", ONE), ("gpt", "答"))),
    "two_results": Case(row(("human", "问"), ("function_call", ONE), ("observation", "1"), ("observation", "2"))),
    "ends_on_human": Case(said(("human", "问"), ("gpt", "答"), ("human", "再问"))),
    "ends_on_result": Case(row(("human", "问"), ("function_call", ONE), ("observation", "1"))),
    "starts_with_gpt": Case(said(("gpt", "你好"), ("human", "问"), ("gpt", "答"))),
    "starts_with_result": Case(row(("observation", "06:12"), ("gpt", "六点。")), kept=("按需调用工具", "06:12")),
    "starts_with_result_alone": Case(said(("observation", "06:12"), ("gpt", "六点。"), system=""), kept=("06:12",)),
    "two_humans": Case(said(("human", "问"), ("human", "再问"), ("gpt", "答"))),
    "role_upper": Case(said(("Human", "问"), ("GPT", "答"))),
    "role_of_openai": Case(said(("user", "问"), ("assistant", "答"))),
    "role_null": Case(said((None, "问"), ("gpt", "答"))),
    "role_missing": Case(
        {"conversations": [{"value": "问"}, {"from": "gpt", "value": "答"}], "system": "", "tools": ""}
    ),
    "role_number": Case(said((1, "问"), (2, "答"))),
    "system_later": Case(said(("human", "问"), ("system", "你是潮汐员。"), ("gpt", "答"))),
    "system_only": Case(said(("system", "你是潮汐员。"))),
    "system_null": Case(said(("system", None), ("human", "问"), ("gpt", "答"), system="")),
    "system_twice": Case(
        said(("system", "你是潮汐员。"), ("human", "问"), ("gpt", "答")), kept=("你是潮汐员", "按需调用工具")
    ),
    "system_number": Case(said(("human", "问"), ("gpt", "答"), system=5)),
    "system_list": Case(said(("human", "问"), ("gpt", "答"), system=["你是潮汐员。"])),
    "system_message_number": Case(said(("system", 5), ("human", "问"), ("gpt", "答"))),
    "empty": Case(said()),
    "one_turn": Case(said(("human", "问"))),
    "messages_null": Case({"conversations": None, "system": "", "tools": ""}),
    "messages_missing": Case({"conversation": turns(("human", "问"), ("gpt", "答")), "system": "", "tools": ""}),
    "messages_text": Case({"conversations": "问答", "system": "", "tools": ""}),
    "messages_object": Case({"conversations": {"from": "human", "value": "问"}, "system": "", "tools": ""}),
    "messages_number": Case({"conversations": 3, "system": "", "tools": ""}),
    "message_text": Case({"conversations": ["问", "答"], "system": "", "tools": ""}),
    "message_null": Case({"conversations": [None, {"from": "gpt", "value": "答"}], "system": "", "tools": ""}),
    "row_empty": Case({}),
    "human_null": Case(said(("human", None), ("gpt", "答"))),
    "human_number": Case(said(("human", 5), ("gpt", "答"))),
    "later_human_null": Case(said(("human", "问"), ("gpt", "答"), ("human", None), ("gpt", "答"))),
    "gpt_null": Case(said(("human", "问"), ("gpt", None))),
    "gpt_object": Case(said(("human", "问"), ("gpt", {"text": "答"}))),
    "gpt_list": Case(said(("human", "问"), ("gpt", ["答"]))),
    "gpt_missing": Case(
        {"conversations": [{"from": "human", "value": "问"}, {"from": "gpt"}], "system": "", "tools": ""}
    ),
    "gpt_empty": Case(said(("human", "问"), ("gpt", ""))),
    "result_null": Case(row(("human", "问"), ("function_call", ONE), ("observation", None), ("gpt", "答"))),
    "result_object": Case(row(("human", "问"), ("function_call", ONE), ("observation", {"high": 6}), ("gpt", "答"))),
    "result_empty": Case(row(("human", "问"), ("function_call", ONE), ("observation", ""), ("gpt", "答"))),
    "call_in_text": Case(row(("human", "问"), ("gpt", ONE)), trained=("get_tide",)),
    "index": Case(
        said(("human", "{{idx}} 与 {{content}} 与 {{idx}}"), ("gpt", "{{idx}}")),
        kept=("{{idx}} 与", "{{idx}}", "{{idx}}"),
    ),
    "index_later": Case(said(("human", "一"), ("gpt", "二"), ("human", "{{idx}}"), ("gpt", "四")), kept=("{{idx}}",)),
    "image_word": Case(said(("human", "HTML 的 <image> 标签"), ("gpt", "没有"))),
    "thought_in_text": Case(said(("human", "问"), ("gpt", f"{THOUGHT}答")), trained=("先查潮汐", "答")),
    "more_keys": Case(
        {
            "conversations": [{"from": "human", "value": "问", "weight": 0}, {"from": "gpt", "value": "答"}],
            "tools": "",
            "system": "",
            "id": 1,
        }
    ),
    "calls_beside_text": Case(
        {
            "conversations": [
                {"from": "human", "value": "问"},
                {"from": "gpt", "value": "答", "tool_calls": [{"function": {"name": "get_tide", "arguments": "{}"}}]},
            ],
            "tools": "",
            "system": "",
        },
        trained=("get_tide",),
    ),
    # the entry
    "no_tools_column": Case(asked(ONE), columns(SHAREGPT, tools=None), kept=("查询get_tide",)),
    "no_columns": Case(said(("human", "问"), ("gpt", "答")), {"formatting": "sharegpt"}, kept=("按需调用工具",)),
    "no_messages_column": Case(asked(ONE), columns(SHAREGPT, messages=None)),
    "no_function_tag": Case(
        asked(ONE),
        {**SHAREGPT, "tags": {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"}},
    ),
    "no_role_tag": Case(asked(ONE), {**SHAREGPT, "tags": {"content_tag": "value", "user_tag": "human"}}),
    "no_content_tag": Case(asked(ONE), {**SHAREGPT, "tags": {"role_tag": "from", "user_tag": "human"}}),
    "no_tags_null_roles": Case(
        said((None, "问"), (None, "答")), {**SHAREGPT, "tags": {"role_tag": "from", "content_tag": "value"}}
    ),
    "ranking": Case(asked(ONE), {**SHAREGPT, "ranking": True}),
    "kto": Case({**said(("human", "问"), ("gpt", "答")), "label": True}, columns(SHAREGPT, kto_tag="label")),
    "wrong_formatting": Case(asked(ONE), {**SHAREGPT, "formatting": "share_gpt"}),
    "image_column": Case(
        {**said(("human", "问"), ("gpt", "答")), "images": ["a.png"]}, columns(SHAREGPT, images="images")
    ),
    # alpaca
    "alpaca": Case(alpaca(), kept=("翻译成英文\n潮水",), trained=("tide",)),
    "alpaca_no_output": Case(without(alpaca(), "output")),
    "alpaca_output_null": Case(alpaca(output=None)),
    "alpaca_output_list": Case(alpaca(output=["tide"])),
    "alpaca_output_empty": Case(alpaca(output="")),
    "alpaca_output_number": Case(alpaca(output=1)),
    "alpaca_no_input": Case(without(alpaca(), "input")),
    "alpaca_input_null": Case(alpaca(input=None)),
    "alpaca_no_instruction": Case(without(alpaca(), "instruction")),
    "alpaca_instruction_list": Case(alpaca(instruction=["翻译"])),
    "alpaca_instruction_number": Case(alpaca(instruction=3)),
    "alpaca_history": Case(
        alpaca(history=[["你好", "你好！"]]), kept=("你好", "你好！", "翻译"), trained=("你好！", "tide")
    ),
    "alpaca_history_single": Case(alpaca(history=[["你好"]])),
    "alpaca_history_three": Case(alpaca(history=[["你好", "你好！", "再见"]])),
    "alpaca_history_flat": Case(alpaca(history=["你好啊", "你好！"])),
    "alpaca_history_flat_pairs": Case(alpaca(history=["你好", "再见"]), lossy=True),
    "alpaca_history_objects": Case(alpaca(history=[{"q": "你好", "a": "再见"}]), kept=("你好", "再见")),
    "alpaca_history_null": Case(alpaca(history=None)),
    "alpaca_history_text": Case(alpaca(history="你好，再见"), kept=("你好，再见",)),
    "alpaca_history_null_item": Case(alpaca(history=[["你好", None]])),
    "alpaca_history_null_pair": Case(alpaca(history=[None])),
    "alpaca_history_unmapped": Case(
        alpaca(history=[["你好", "再见"]]), columns(ALPACA, history=None), kept=("你好", "再见")
    ),
    "alpaca_no_query_column": Case(alpaca(), columns(ALPACA, query=None), kept=("潮水",)),
    "alpaca_default_columns": Case(alpaca(system="你是潮汐员。"), {}, kept=("你是潮汐员",)),
    "alpaca_system_number": Case(alpaca(system=4)),
    "alpaca_tools_empty_list": Case(alpaca(tools="[]"), meant=alpaca()),
    "alpaca_tools_words": Case(alpaca(tools="get_tide")),
    "alpaca_kto": Case({**alpaca(), "label": False}, columns(ALPACA, kto_tag="label")),
    "alpaca_of_sharegpt": Case(asked(ONE), ALPACA),
    # OpenAI messages under `formatting: openai`
    "openai": Case(GOOD["openai"], OPENAI, lossy=True),
    "openai_plain": Case(
        {
            "messages": [{"role": "user", "content": "问"}, {"role": "assistant", "content": "答"}],
            "tools": "",
            "system": "",
        },
        OPENAI,
        lossy=True,
    ),
    "openai_developer": Case(
        {
            "messages": [{"role": "developer", "content": "问"}, {"role": "assistant", "content": "答"}],
            "tools": TOOLS,
            "system": "",
        },
        OPENAI,
    ),
    "openai_null": Case(
        {
            "messages": [{"role": "user", "content": "问"}, {"role": "assistant", "content": None}],
            "tools": TOOLS,
            "system": "",
        },
        OPENAI,
    ),
    "openai_system_null": Case(
        {
            "messages": [
                {"role": "system", "content": None},
                {"role": "user", "content": "问"},
                {"role": "assistant", "content": "答"},
            ],
            "tools": TOOLS,
            "system": "",
        },
        OPENAI,
    ),
    "openai_as_sharegpt": Case(GOOD["openai"], {**OPENAI, "formatting": "sharegpt"}),
    "openai_parallel": Case(openai(THREE, system="你好"), OPENAI, lossy=True),
    "openai_parallel_no_edit": Case(openai(THREE, tools=text([TIDE])), OPENAI, lossy=True),
    "openai_result_list": Case(
        openai([*THREE[:2], {"role": "tool", "content": None}, {"role": "tool", "content": "2"}, THREE[-1]]), OPENAI
    ),
    "openai_ends_on_results": Case(openai(THREE[:3]), OPENAI, lossy=True),
    "openai_text_beside_call": Case(
        openai([THREE[0], {**THREE[1], "content": "我来查"}, *THREE[2:]]), OPENAI, trained=("我来查",)
    ),
    "openai_reasoning": Case(
        openai([{"role": "user", "content": "问"}, {"role": "assistant", "content": "答", "reasoning_content": "想"}]),
        OPENAI,
        trained=("想",),
    ),
    "openai_two_users": Case(openai([{"role": "user", "content": "问"}] * 2 + [THREE[-1]]), OPENAI),
    "openai_system_number": Case(openai([THREE[0], THREE[-1]], system=5), OPENAI),
    "openai_system_list": Case(openai([THREE[0], THREE[-1]], system=["你好"]), OPENAI),
    "openai_detailed": Case(
        openai([THREE[0], THREE[-1]], system="detailed thinking on", tools=""), OPENAI, kept=("detailed thinking on",)
    ),
    "openai_plain_results": Case(openai([THREE[0], THREE[1], THREE[2], THREE[-1]], tools=TOOLS), OPENAI, lossy=True),
}
