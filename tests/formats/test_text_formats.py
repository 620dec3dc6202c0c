"""Formats in which calls, tools or results are text inside messages: what their rows say."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolcall_data.conversation.address import follow
from toolcall_data.conversation.model import Assistant, Conversation, Malformed, Origin, Result, User
from toolcall_data.formats.base import formats, recognise
from toolcall_data.rules._checker import Checker

NAMES = ("hermes", "qwen_text", "glaive", "toolace", "toolbench", "when2call", "button")
WRITABLE = ("hermes", "qwen_text", "glaive", "toolace")

WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "查询天气",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}},
}
WEATHER_CALL = '{"name": "get_weather", "arguments": {"city": "北京"}}'
TOOLS = json.dumps([WEATHER], ensure_ascii=False)


def read(name: str, row: dict[str, Any]) -> Conversation:
    return formats()[name]().read(row, Origin())


def sharegpt(*turns: tuple[str, str], **row: Any) -> dict[str, Any]:
    return {"conversations": [{"from": role, "value": text} for role, text in turns], **row}


def openai(*turns: tuple[str, str], **row: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns], **row}


def told(conversation: Conversation) -> list[Any]:
    """The messages as plain values: role, text, and for the model its thinking and calls."""
    found: list[Any] = []
    for message in conversation.messages:
        if isinstance(message, Assistant):
            calls = [(call.name, call.arguments) for call in message.calls]
            found.append((message.thinking, message.text, calls))
        elif isinstance(message, Result):
            found.append((message.name, message.content))
        else:
            assert isinstance(message, User)
            found.append(message.text)
    return found


BEIJING = ("get_weather", {"city": "北京"})


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_recognised_by_its_own_format_only(name: str) -> None:
    example = formats()[name].example
    base = formats()[name].extends
    claims = [other for other, found in formats().items() if found.recognise(example)]
    assert set(claims) - {base} == {name}


@pytest.mark.parametrize("name", sorted(set(formats()) - set(NAMES)))
def test_no_text_format_claims_the_rows_of_another(name: str) -> None:
    assert [mine for mine in NAMES if formats()[mine].recognise(formats()[name].example)] == []


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (sharegpt(("human", "天气？"), ("gpt", f"<tool_call>{WEATHER_CALL}</tool_call>"), tools=TOOLS), "sharegpt"),
        (sharegpt(("human", "天气？"), ("gpt", f"<tool_call>{WEATHER_CALL}</tool_call>")), "sharegpt"),
        (sharegpt(("human", "天气？"), ("gpt", 'Action: f\nAction Input: {"a": 1}')), "sharegpt"),
        (
            sharegpt(
                ("human", "天气？"), ("function_call", WEATHER_CALL), system=f"<tools>{TOOLS}</tools>", tools=TOOLS
            ),
            "sharegpt",
        ),
        (sharegpt(("human", "什么是 <tools>？"), ("gpt", "标签。"), system="用 <tools></tools> 标签。"), "sharegpt"),
        (openai(("user", "天气？"), ("assistant", f"<tool_call>{WEATHER_CALL}</tool_call>")), "openai"),
        (openai(("user", "什么是 <tool_response>？"), ("assistant", "标签。")), "openai"),
        (openai(("system", "你好"), ("user", "x"), ("assistant", "<final>完</final>")), "openai"),
        ({"chat": "大家好", "instruction": "a", "output": "b"}, "alpaca"),
    ],
)
def test_rows_that_merely_look_alike_stay_what_they_are(row: dict[str, Any], name: str) -> None:
    found = recognise([row])
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", ["hermes", "toolace", "toolbench"])
def test_a_sharegpt_dialect_reads_plain_sharegpt_rows(name: str) -> None:
    example = formats()["sharegpt"].example
    assert told(read(name, example)) == told(read("sharegpt", example))


@pytest.mark.parametrize("name", ["qwen_text", "when2call", "button"])
def test_an_openai_dialect_reads_plain_openai_rows(name: str) -> None:
    example = formats()["openai"].example
    assert told(read(name, example)) == told(read("openai", example))


def test_hermes_as_published() -> None:
    system = (
        "You are a function calling AI model. You are provided with function signatures within <tools> </tools> XML "
        "tags. You may call one or more functions to assist with the user query. Don't make assumptions about what "
        f"values to plug into functions.\n<tools>\n{TOOLS}\n</tools>\nFor each function call return a json object "
        "with function name and arguments within <tool_call> </tool_call> XML tags as follows:\n<tool_call>\n"
        '{"arguments": <args-dict>, "name": <function-name>}\n</tool_call>\n回答要简短。'
    )
    row = sharegpt(
        ("system", system),
        ("human", "北京和上海天气？"),
        (
            "gpt",
            "<scratch_pad>\n两次\n</scratch_pad>\n我来查。\n<tool_call>\n{'name': 'get_weather', 'arguments': "
            f"{{'city': \"Xi'an\"}}}}\n</tool_call>\n<tool_call>\n{WEATHER_CALL}\n</tool_call>",
        ),
        (
            "tool",
            '<tool_response>\n{"name": "get_weather", "content": {"text": "晴"}}\n</tool_response>\n'
            "<tool_response>\n下雨\n</tool_response>",
        ),
        ("gpt", "一晴一雨。"),
        id="h1",
        category="天气",
    )
    conversation = read("hermes", row)
    assert conversation.system == "回答要简短。"
    assert [tool.raw for tool in conversation.tools] == [WEATHER]
    assert conversation.extra == {"id": "h1", "category": "天气"}
    assert told(conversation) == [
        "北京和上海天气？",
        ("两次", "我来查。", [("get_weather", {"city": "Xi'an"}), BEIJING]),
        ("get_weather", '{"text": "晴"}'),
        (None, "下雨"),
        (None, "一晴一雨。", []),
    ]
    again = read("hermes", formats()["hermes"]().write(conversation))
    assert told(again) == told(conversation)
    assert again.system == conversation.system


def test_hermes_tools_may_stand_one_a_line_and_other_wordings_stay() -> None:
    lines = "\n".join(json.dumps({**WEATHER, "name": name}) for name in ("a", "b"))
    conversation = read(
        "hermes", sharegpt(("system", f"你有工具：\n<tools>\n{lines}\n</tools>\n慎用。"), ("human", "?"))
    )
    assert [tool.name for tool in conversation.tools] == ["a", "b"]
    assert conversation.system == "你有工具：\n\n慎用。"


def test_hermes_rows_with_a_column_of_the_same_tools() -> None:
    prompt = ("system", f"慎用。\n<tools>\n{TOOLS}\n</tools>")
    row = sharegpt(prompt, ("human", "天气？"), ("gpt", f"<tool_call>{WEATHER_CALL}</tool_call>"), tools=TOOLS)
    found = recognise([row])
    assert found is not None
    assert found.name == "hermes"
    conversation = read("hermes", row)
    assert (conversation.system, conversation.tools_at) == ("慎用。", "/tools")
    assert [tool.raw for tool in conversation.tools] == [WEATHER]
    assert told(conversation)[1] == (None, "", [BEIJING])
    other = read("hermes", {**row, "tools": json.dumps([{**WEATHER, "name": "b"}])})
    assert other.system == prompt[1]


def test_tools_that_cannot_be_read_are_a_problem_and_stay_in_the_system_text() -> None:
    system = '你有工具：<tools>[{"name": "a", }}]</tools>'
    conversation = read("hermes", sharegpt(("system", system), ("human", "?"), ("gpt", "好。")))
    assert [problem.kind for problem in conversation.problems] == ["tool.not_json"]
    assert conversation.system == system
    assert conversation.tools == ()


def test_qwen_text_in_json_and_xml() -> None:
    system = f"你是助手。\n\n# Tools\n\n<tools>\n{json.dumps(WEATHER)}\n</tools>"
    xml = (
        "<tool_call>\n<function=get_weather>\n<parameter=city>\n100\n</parameter>\n<parameter=days>\n3\n</parameter>\n"
        "</function>\n</tool_call>"
    )
    conversation = read(
        "qwen_text",
        openai(
            ("system", system),
            ("user", "天气？"),
            ("assistant", f"<think>\n先查\n</think>\n\n我来查。\n<tool_call>\n{WEATHER_CALL}\n</tool_call>\n"),
            ("user", "<tool_response>\n晴\n</tool_response>"),
            ("assistant", xml),
            (
                "user",
                '<tool_response>\n{"name": "x", "content": 1}\n</tool_response>\n<tool_response>\n雨\n</tool_response>',
            ),
            ("assistant", "好。"),
        ),
    )
    assert conversation.system == "你是助手。\n\n# Tools"
    assert told(conversation) == [
        "天气？",
        ("先查", "我来查。", [BEIJING]),
        (None, "晴"),
        (None, "", [("get_weather", {"city": "100", "days": 3})]),
        (None, '{"name": "x", "content": 1}'),
        (None, "雨"),
        (None, "好。", []),
    ]


def test_glaive_as_published() -> None:
    pretty = json.dumps(WEATHER, ensure_ascii=False, indent=4)
    chat = (
        "USER: 请解释 ASSISTANT: 是什么\n下一行\nUSER: 也是我说的\n\n\n"
        'ASSISTANT: 先查。 <functioncall> {"name": "get_weather", "arguments": \'{"city": "Xi\'an"}\'} <|endoftext|>'
        '\n\n\nFUNCTION RESPONSE: {"text": "晴"}\n\n\nASSISTANT: 晴。 <|endoftext|>\n\n\nUSER: 谢谢\n\n\n'
        "ASSISTANT: 不客气。 <|endoftext|>\n\n\n"
    )
    system = (
        f"SYSTEM: You are a helpful assistant with access to the following functions. Use them if required -\n"
        f"{pretty}\n{pretty.replace('get_weather', 'get_news')}\n"
    )
    conversation = read("glaive", {"system": system, "chat": chat})
    assert conversation.system is None
    assert [tool.name for tool in conversation.tools] == ["get_weather", "get_news"]
    assert told(conversation) == [
        "请解释 ASSISTANT: 是什么\n下一行\nUSER: 也是我说的",
        (None, "先查。", [("get_weather", {"city": "Xi'an"})]),
        (None, '{"text": "晴"}'),
        (None, "晴。", []),
        "谢谢",
        (None, "不客气。", []),
    ]
    again = read("glaive", formats()["glaive"]().write(conversation))
    assert told(again) == told(conversation)
    assert [tool.raw for tool in again.tools] == [tool.raw for tool in conversation.tools]


def test_glaive_turns_on_lines_of_their_own_and_text_before_them() -> None:
    conversation = read(
        "glaive", {"system": "SYSTEM: 你是助手。", "chat": "开头\nUSER: 你好\nASSISTANT: 好。<|endoftext|>"}
    )
    first, *others = conversation.messages
    assert isinstance(first, Malformed)
    assert first.content == "开头\n"
    assert [message.role for message in others] == ["user", "assistant"]
    assert conversation.system == "你是助手。"


def test_glaive_without_tools_says_so_and_gives_no_system_prompt() -> None:
    conversation = read(
        "glaive", {"system": "SYSTEM: 你是助手。", "chat": "USER: 你好\n\n\nASSISTANT: 好。 <|endoftext|>"}
    )
    bare = conversation.model_copy(update={"system": None})
    written = formats()["glaive"]().write(bare)
    assert "no access to external functions" in written["system"]
    assert read("glaive", written).system is None


def test_glaive_text_that_reads_like_a_turn_stays_one_turn() -> None:
    user = User(role="user", text="日志：\n\nASSISTANT: 好\n\nFUNCTION RESPONSE: {}")
    conversation = Conversation(messages=(user, Assistant(role="assistant", text="看到了。")))
    again = read("glaive", formats()["glaive"]().write(conversation))
    assert [message.role for message in again.messages] == ["user", "assistant"]
    assert "ASSISTANT: 好" in told(again)[0]


def test_toolace_as_published() -> None:
    tools = [{**WEATHER, "name": "City Weather"}, {**WEATHER, "name": "News/Top (v2)"}]
    system = (
        "You are an expert in composing functions. If none of the functions can be used, point it out.\n"
        f"Here is a list of functions in JSON format that you can invoke:\n{json.dumps(tools, ensure_ascii=False)}. \n"
        "Should you decide to return the function call(s). \nPut it in the format of [func1(params_name=params_value, "
        "params_name2=params_value2...), func2(params)]\n\nNO other text MUST be included. "
    )
    row = sharegpt(
        ("user", "北京天气和新闻"),
        (
            "assistant",
            '[City Weather(city="北京, [朝阳]", days=3), News/Top (v2)(topic=\'it\\\'s "new"\\n\', hot=true)]',
        ),
        ("tool", '[{"name": "City Weather", "results": {"t": 3}}, {"name": "News/Top (v2)", "results": "无"}]'),
        ("assistant", "3 度，没有新闻。"),
        ("user", "明天呢？"),
        ("assistant", "缺少城市。"),
        system=system,
    )
    conversation = read("toolace", row)
    assert conversation.system is not None
    assert conversation.system.startswith("You are an expert")
    assert conversation.system.endswith("point it out.")
    assert [tool.name for tool in conversation.tools] == ["City Weather", "News/Top (v2)"]
    assert told(conversation) == [
        "北京天气和新闻",
        (
            None,
            "",
            [
                ("City Weather", {"city": "北京, [朝阳]", "days": 3}),
                ("News/Top (v2)", {"topic": 'it\'s "new"\n', "hot": True}),
            ],
        ),
        ("City Weather", '{"t": 3}'),
        ("News/Top (v2)", "无"),
        (None, "3 度，没有新闻。", []),
        "明天呢？",
        (None, "缺少城市。", []),
    ]
    again = read("toolace", formats()["toolace"]().write(conversation))
    assert told(again) == told(conversation)
    assert again.system == conversation.system


def test_toolace_prose_before_calls_and_calls_that_cannot_be_read() -> None:
    system = f"Here is a list of functions in JSON format that you can invoke:\n{TOOLS}"
    conversation = read(
        "toolace",
        sharegpt(
            ("user", "天气？"),
            ("assistant", '我来查。\n[get_weather(city="北京")]'),
            ("tool", "晴"),
            ("assistant", "[get_weather(city=北京)]"),
            system=system,
        ),
    )
    first, last = conversation.messages[1], conversation.messages[3]
    assert isinstance(first, Assistant)
    assert isinstance(last, Assistant)
    assert (first.text, first.calls[0].arguments) == ("我来查。", {"city": "北京"})
    assert last.calls[0].error is not None
    assert last.calls[0].raw == "[get_weather(city=北京)]"


TOOLBENCH = (
    "APIs: [{'name': 'get_weather', 'description': 'it\\'s', 'parameters': {}}, {'name': 'Finish', 'parameters': {}}]"
)


def test_toolbench_thoughts_actions_and_both_ends() -> None:
    def last(arguments: str) -> Conversation:
        return read(
            "toolbench",
            sharegpt(
                ("system", TOOLBENCH),
                ("user", "北京天气？"),
                ("assistant", '\nThought: 先查\nAction: get_weather\nAction Input: {\n  "city": "北京"\n}\n'),
                ("function", '{"error": "", "response": "晴"}'),
                ("assistant", f"\nThought: 够了\nAction: Finish\nAction Input: {arguments}\n"),
                id="Step 2: 北京天气？",
            ),
        )

    found = last('{"return_type": "give_answer", "final_answer": "晴。"}')
    assert told(found) == [
        "北京天气？",
        ("先查", "", [BEIJING]),
        (None, '{"error": "", "response": "晴"}'),
        ("够了", "晴。", []),
    ]
    assert [tool.name for tool in found.tools] == ["get_weather"]
    assert found.extra == {"id": "Step 2: 北京天气？"}
    gave_up = last('{"return_type": "give_up_and_restart"}').messages[-1]
    assert isinstance(gave_up, Assistant)
    assert "give up" in gave_up.text
    assert gave_up.extra == {"return_type": "give_up_and_restart"}


def test_when2call_calls_and_preferences() -> None:
    call = f"<TOOLCALL>[{WEATHER_CALL}, {WEATHER_CALL}]</TOOLCALL>"
    conversation = read("when2call", openai(("user", "天气？"), ("assistant", call), tools=[json.dumps(WEATHER)]))
    assert [tool.raw for tool in conversation.tools] == [WEATHER]
    assert told(conversation)[1] == (None, "", [BEIJING, BEIJING])
    answers = {
        "chosen_response": {"role": "assistant", "content": call},
        "rejected_response": {"role": "assistant", "content": "我不知道。"},
    }
    row = openai(("user", "天气？"), tools=[WEATHER], **answers)
    found = recognise([row])
    assert found is not None
    assert found.name == "when2call"
    assert read("when2call", row).extra == answers


def test_button_thoughts_calls_results_and_final_answer() -> None:
    conversation = read(
        "button",
        openai(
            ("system", f"函数如下：\n<tool>\n{TOOLS}\n</tool>\n用 <call></call> 调用。"),
            ("user", "天气？"),
            ("assistant", f"先查两次。<call>[{WEATHER_CALL}, {WEATHER_CALL}]</call>"),
            ("tool", '[{"name": "get_weather", "arguments": {}, "results": {"t": 1}}, {"name": "b", "results": "无"}]'),
            ("assistant", "够了。<final>一度。\n</final>"),
        ),
    )
    assert conversation.system == "函数如下：\n\n用 <call></call> 调用。"
    assert told(conversation) == [
        "天气？",
        ("先查两次。", "", [BEIJING, BEIJING]),
        ("get_weather", '{"t": 1}'),
        ("b", "无"),
        ("够了。", "一度。", []),
    ]
    assert conversation.messages[2].extra == {"arguments": {}}


@pytest.mark.parametrize("name", NAMES)
def test_places_point_into_the_row(name: str) -> None:
    row = formats()[name].example
    conversation = read(name, row)
    assert conversation.calls
    for message in conversation.messages:
        assert follow(row, message.at) is not None
        assert isinstance(follow(row, message.value_at), str)
    for call in conversation.calls:
        text = follow(row, call.at)
        assert isinstance(text, str)
        assert str(call.arguments.get("city")) in text
    assert conversation.tools
    assert follow(row, conversation.tools_at)


@pytest.mark.parametrize("name", NAMES)
def test_findings_on_text_calls_name_a_place_of_the_row(name: str) -> None:
    row = json.loads(json.dumps(formats()[name].example, ensure_ascii=False).replace("上海", ""))
    spoiled = json.loads(json.dumps(row, ensure_ascii=False).replace("get_temperature", "get_temp", 1))
    for each in (row, spoiled):
        for finding in Checker().check(read(name, each)):
            assert follow(each, finding.pointer) is not None


@pytest.mark.parametrize("name", WRITABLE)
def test_a_call_that_cannot_be_read_keeps_its_text_when_it_is_written(name: str) -> None:
    text = json.dumps(formats()[name].example, ensure_ascii=False)
    conversation = read(name, json.loads(text.replace('\\"上海\\"', "坏掉")))
    first = conversation.calls[0]
    assert first.error is not None
    assert "坏掉" in first.raw
    assert "坏掉" in str(formats()[name]().write(conversation))


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "system",
            "user",
            "assistant",
            "tool",
            "human",
            "gpt",
            "function",
            f"<tools>{TOOLS}</tools>",
            "USER: a",
            TOOLBENCH,
        ]
    )
    | st.sampled_from(
        ["<tool_call>{", "[get_weather(", "Action: f\nAction Input: {", "<call>[", "<TOOLCALL>[", "<final>"]
    )
    | st.sampled_from(
        ["<tool_response>", "</tool_response>", '<functioncall> {"name": "f", "arguments": \'', '[{"results": 1}]']
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["conversations", "messages", "from", "value", "role", "content", "system", "chat", "tools"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
TURNS = st.lists(
    st.fixed_dictionaries({"from": JSON_VALUES, "value": JSON_VALUES})
    | st.fixed_dictionaries({"role": JSON_VALUES, "content": JSON_VALUES}),
    max_size=4,
)
ROWS = st.dictionaries(
    st.sampled_from(["system", "chat", "tools", "chosen_response", "rejected_response", "id"]), JSON_VALUES, max_size=4
)


@given(row=ROWS, turns=TURNS, key=st.sampled_from(["conversations", "messages"]))
def test_any_object_is_read_and_what_was_read_is_written(row: dict[str, Any], turns: list[Any], key: str) -> None:
    row = {key: turns, **row}
    before = copy.deepcopy(row)
    for name in NAMES:
        formats()[name].recognise(row)
        conversation = read(name, row)
        if name in WRITABLE:
            json.dumps(formats()[name]().write(conversation))
    assert row == before
