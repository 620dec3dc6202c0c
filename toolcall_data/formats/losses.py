"""What a conversation loses when it is written in a format: every trait named, found and erased.

The numbers L1 to L12 name the ways in which a row can lose something on its way to LLaMA-Factory's sharegpt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.model import AnyMessage, Assistant, Conversation, Result
from toolcall_data.conversation.steps import results_merged
from toolcall_data.formats import _traits
from toolcall_data.formats.base import Format, Trait
from toolcall_data.prose import Prose


@dataclass(frozen=True)
class Kind:
    """A trait: its name for a person, its number (None where it has none), its places, and what is left without it."""

    name: Prose
    number: str | None
    places: Callable[[Conversation], list[str]]
    erase: Callable[[Conversation], Conversation]


@dataclass(frozen=True)
class Loss:
    """One thing of a conversation that a format cannot hold; `at` is a JSON pointer into the row it was read from."""

    trait: Trait
    at: str
    what: Prose


def _dropping(**fields: object) -> Callable[[AnyMessage], AnyMessage]:
    """Sets fields of the messages that have them."""

    def changed(message: AnyMessage) -> AnyMessage:
        known = fields.keys() <= type(message).model_fields.keys()
        return message.model_copy(update=fields) if known else message

    return changed


def _has(field: str) -> Callable[[AnyMessage], bool]:
    return lambda message: getattr(message, field, None) is not None


def _calls(message: AnyMessage) -> bool:
    return isinstance(message, Assistant) and bool(message.calls)


def _beside_calls(change: Callable[[AnyMessage], AnyMessage]) -> Callable[[AnyMessage], AnyMessage]:
    return lambda message: change(message) if _calls(message) else message


def _without(**fields: object) -> Callable[[Conversation], Conversation]:
    return lambda conversation: conversation.model_copy(update=fields)


_mapped, _places = _traits.with_messages, _traits.messages_where

# Widest first: what one trait takes away is not counted again for a narrower one.
KINDS: dict[Trait, Kind] = {
    Trait.MALFORMED: Kind(
        Prose("message, call or tool that could not be read", "读不懂的消息、调用或工具"),
        None,
        _traits.malformed_places,
        _traits.without_malformed,
    ),
    Trait.SEVERAL_TURNS: Kind(
        Prose("everything after the first answer", "首次回答之后的全部内容"),
        None,
        _traits.later_turn_places,
        _traits.without_later_turns,
    ),
    Trait.CALLS: Kind(Prose("tool calls", "工具调用"), None, _places(_calls), _mapped(_traits.without_calls)),
    Trait.RESULTS: Kind(
        Prose("tool results", "工具返回结果"),
        None,
        _places(lambda message: isinstance(message, Result)),
        _mapped(lambda message: None if isinstance(message, Result) else message),
    ),
    Trait.LATER_SYSTEM: Kind(
        Prose("system message that is not the first", "不在开头的系统消息"),
        "L6",
        _places(lambda message: message.role == "system"),
        _mapped(lambda message: None if message.role == "system" else message),
    ),
    Trait.SYSTEM: Kind(
        Prose("system prompt", "系统提示"),
        None,
        lambda conversation: [conversation.system_at or "/system"] if conversation.system else [],
        _without(system=None),
    ),
    Trait.ANY_ORDER: Kind(
        Prose(
            "messages out of turn (joined with their neighbour, or cut off at either end)",
            "不按一问一答排列的消息（并入相邻消息，或在首尾被截去）",
        ),
        "L5",
        _traits.out_of_order_places,
        _traits.in_turns,
    ),
    Trait.SEVERAL_CALLS: Kind(
        Prose("parallel calls (written one after another)", "并行调用（改为依次调用）"),
        None,
        _places(lambda message: isinstance(message, Assistant) and len(message.calls) > 1),
        _traits.without_several_calls,
    ),
    Trait.SEVERAL_RESULTS: Kind(
        Prose("results of one step kept apart (written as one list)", "同一步的多个结果各自独立（合并为一个列表）"),
        "L4",
        _traits.later_result_places,
        results_merged,
    ),
    Trait.CALL_IDS: Kind(
        Prose("ids that link calls and results (their order remains)", "关联调用与结果的 id（仅保留先后顺序）"),
        "L1",
        _traits.call_id_places,
        _traits.without_call_ids,
    ),
    Trait.TEXT_BESIDE_CALL: Kind(
        Prose("text beside a call", "与调用同在一条消息里的文字"),
        "L2",
        _places(lambda message: isinstance(message, Assistant) and bool(message.calls and message.text)),
        _mapped(_beside_calls(_dropping(text=""))),
    ),
    Trait.THINKING: Kind(
        Prose("thinking", "思考内容"), None, _places(_has("thinking")), _mapped(_dropping(thinking=None))
    ),
    Trait.THINKING_BESIDE_CALL: Kind(
        Prose("thinking beside a call", "与调用同在一条消息里的思考内容"),
        "L3",
        _places(lambda message: _calls(message) and _has("thinking")(message)),
        _mapped(_beside_calls(_dropping(thinking=None))),
    ),
    Trait.WEIGHTS: Kind(
        Prose("loss weight of a message", "单条消息的损失权重"),
        "L7",
        _places(_has("weight")),
        _mapped(_dropping(weight=None)),
    ),
    Trait.RESULT_NAMES: Kind(
        Prose("tool's name in its result", "结果中的工具名"),
        None,
        _places(lambda message: isinstance(message, Result) and message.name is not None),
        _mapped(lambda message: _dropping(name=None)(message) if isinstance(message, Result) else message),
    ),
    Trait.RESULT_ERRORS: Kind(
        Prose("mark of a result as an error", "结果的出错标记"),
        None,
        _places(_has("is_error")),
        _mapped(_dropping(is_error=None)),
    ),
    Trait.CALL_SPELLING: Kind(
        Prose(
            "how arguments were written (a key twice, NaN, an object inside a string)",
            "参数的原始写法（重复的键、NaN、写成字符串的对象）",
        ),
        "L8, L12",
        _traits.calls_where(_traits.is_spelled),
        _traits.with_calls(_traits.without_spelling),
    ),
    Trait.VALUE_TYPES: Kind(
        Prose('arguments such as "12" or "true" being strings', '"12"、"true" 这类参数的字符串类型'),
        "L11",
        _traits.calls_where(_traits.has_typed_text),
        _traits.with_calls(_traits.with_typed_text),
    ),
    Trait.CALL_FIELDS: Kind(
        Prose("keys of a call besides name and arguments", "调用中除名称和参数之外的键"),
        None,
        _traits.calls_where(lambda call: call.extra),
        _traits.with_calls(lambda call: call.model_copy(update={"extra": {}})),
    ),
    Trait.MESSAGE_FIELDS: Kind(
        Prose("further keys of a message", "消息的其他键"),
        None,
        lambda conversation: [
            at + item_at(key) for at, message in _traits.placed(conversation) for key in message.extra
        ],
        _mapped(_dropping(extra={})),
    ),
    Trait.TOOLS: Kind(
        Prose("tool definitions", "工具定义"),
        None,
        lambda conversation: [conversation.tools_at or "/tools"] if conversation.tools else [],
        _without(tools=(), tools_text=None),
    ),
    Trait.TOOL_FIELDS: Kind(
        Prose("keys of a tool besides name, description and parameters", "工具中除名称、描述和参数之外的键"),
        "L9",
        _traits.tool_field_places,
        _traits.without_tool_fields,
    ),
    Trait.TOOL_WRAPPING: Kind(
        Prose("tools wrapped as type and function", "工具外层的 type/function 包装"),
        None,
        _traits.wrapped_places,
        _traits.unwrapped,
    ),
    Trait.ROW_FIELDS: Kind(
        Prose(
            "further keys of the row (tool_choice, parallel_tool_calls, ids, labels)",
            "行的其他键（tool_choice、id、标签等）",
        ),
        "L10",
        lambda conversation: [item_at(key) for key in conversation.extra],
        _without(extra={}),
    ),
}


def erase(conversation: Conversation, traits: Iterable[Trait]) -> Conversation:
    """The conversation without any of `traits`."""
    return _erased(conversation, frozenset(traits))[0]


def losses(conversation: Conversation, target: Format | type[Format]) -> list[Loss]:
    """What writing a conversation in a format loses."""
    return lowered(conversation, target)[1]


def lowered(conversation: Conversation, target: Format | type[Format]) -> tuple[Conversation, list[Loss]]:
    """The conversation in the shape that a format holds whole, and what that lost."""
    return _erased(conversation, frozenset(Trait) - target.holds)


def _erased(conversation: Conversation, traits: frozenset[Trait]) -> tuple[Conversation, list[Loss]]:
    found: list[Loss] = []
    for trait, kind in KINDS.items():
        if trait in traits and (places := kind.places(conversation)):
            found += [Loss(trait, at, kind.name) for at in places]
            conversation = kind.erase(conversation)
    return conversation, found
