"""The conversation and its parts, as frozen values.

A conversation holds whatever a row of any supported format holds, well formed or not: what cannot be placed is kept
as `Malformed`, `Call.error`, `Tool` without a name, or a `Problem`, so that rules can judge it and nothing is lost.
Fields marked *place* say where in the row a part was found; they are not part of the content and are never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, ParamSpec, Self, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field

JSON: TypeAlias = Any
"""A value that `json.loads` can return: None, bool, int, float, str, list or dict with str keys."""

Side: TypeAlias = Literal["prompt", "model"]
"""Who speaks: `prompt` (user and tool results) is read by the model, `model` is learned."""


if TYPE_CHECKING:
    remembered = cached_property
else:

    class remembered(cached_property):  # noqa: N801 - used as a decorator, as cached_property is
        """`cached_property` without its lock, which costs more than what is remembered here."""

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value


class Value(BaseModel):
    """A frozen value; change one with `.model_copy(update=...)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(remembered,))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other fields; what was computed from the old ones (cached properties) is forgotten."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy


Fields = ParamSpec("Fields")
Made = TypeVar("Made", bound=Value)


def unchecked(kind: Callable[Fields, Made]) -> Callable[Fields, Made]:
    """A constructor of a kind of value that believes what it is given, at a third of the cost.

    It takes what the class takes, so mypy proves the types; for readers, which build every value of every row. What
    comes from outside (canonical JSON, Python callers) goes through the class itself.
    """
    fields = cast("type[Made]", kind).model_fields
    names = {f"_{name}": field.get_default(call_default_factory=True) for name, field in fields.items()}
    taken = ", ".join(name if field.is_required() else f"{name}=_{name}" for name, field in fields.items())
    held = ", ".join(f"{name!r}: {name}" for name in fields)
    names |= {"NEW": object.__new__, "KIND": kind, "NAMES": set(fields), **_SETTERS}
    # Written out as a dataclass's __init__ is: going through **fields would cost twice as much.
    source = f"""def make(*, {taken}):
    value = NEW(KIND)
    SET_FIELDS(value, {{{held}}})
    SET_NAMES(value, NAMES)
    SET_EXTRA(value, None)
    SET_PRIVATE(value, None)
    return value
"""
    exec(source, names)
    return cast("Callable[Fields, Made]", names["make"])


_SETTERS = {
    "SET_FIELDS": BaseModel.__dict__["__dict__"].__set__,
    "SET_NAMES": BaseModel.__dict__["__pydantic_fields_set__"].__set__,
    "SET_EXTRA": BaseModel.__dict__["__pydantic_extra__"].__set__,
    "SET_PRIVATE": BaseModel.__dict__["__pydantic_private__"].__set__,
}

NOTHING: dict[str, JSON] = {}
"""The leftovers of a part that has none: one object for all, since values are never changed."""


class Origin(Value):
    """Where a conversation was read.

    `row` counts from 0; `line` from 1 and is None where the file has no lines. `part` counts from 0 the conversations
    of a row that holds several, and is None where it holds one.
    """

    path: str = ""
    row: int = 0
    line: int | None = None
    format: str = ""
    part: int | None = None


class Problem(Value):
    """A fault of the row's shape that the reader met; `kind` is the name of the rule that reports it."""

    kind: str
    detail: str
    at: str = ""
    value: JSON = None


class CallError(Value):
    """Why a call could not be read: no JSON, no object, wrong keys, or an empty list of calls."""

    kind: Literal["not_json", "not_object", "keys", "empty_list"]
    detail: str


class Call(Value):
    """One tool call.

    `arguments` is the decoded object (any JSON value where the data is wrong). `raw` is the text it was written as:
    the arguments string of OpenAI messages, the JSON of the whole call elsewhere. `at` and `sub` are the *place* of
    the arguments: a JSON pointer into the row, and one into the JSON text found there.
    """

    name: str | None = None
    arguments: JSON = None
    id: str | None = None
    raw: str = ""
    error: CallError | None = None
    duplicate_keys: tuple[str, ...] = ()
    not_finite: bool = False
    extra: dict[str, JSON] = Field(default_factory=dict)
    at: str = Field(default="", exclude=True, repr=False)
    sub: str = Field(default="", exclude=True, repr=False)


class Message(Value):
    """What all messages share: leftovers, and the *place* of the message (`at`) and of its text (`value_at`)."""

    extra: dict[str, JSON] = Field(default_factory=dict)
    at: str = Field(default="", exclude=True, repr=False)
    value_at: str = Field(default="", exclude=True, repr=False)


class System(Message):
    """A system message that is not the leading one; the leading one is `Conversation.system`."""

    role: Literal["system"]
    text: str

    @property
    def side(self) -> Side | None:
        return None


class User(Message):
    """What the user says; `given` is the end of the text where a row holds it apart (a *place*, not content)."""

    role: Literal["user"]
    text: str
    given: str | None = Field(default=None, exclude=True, repr=False)

    @property
    def side(self) -> Side | None:
        return "prompt"


class Assistant(Message):
    """One step of the model: thinking, text and calls in one message.

    `weight` is the share of loss (0 or 1 in OpenAI fine-tuning rows), None where the row says nothing. `written` is
    the text of a call turn as found (a *place* for excerpts, not content).
    """

    role: Literal["assistant"]
    text: str = ""
    thinking: str | None = None
    calls: tuple[Call, ...] = ()
    weight: float | None = None
    written: str | None = Field(default=None, exclude=True, repr=False)

    @property
    def side(self) -> Side | None:
        return "model"


class Result(Message):
    """What one tool returned; `call_id` and `name` are None where the format has none."""

    role: Literal["tool"]
    content: str
    call_id: str | None = None
    name: str | None = None
    is_error: bool | None = None

    @property
    def side(self) -> Side | None:
        return "prompt"


class Malformed(Message):
    """A message that has no usable role or text, kept as found.

    `tag` is the role as written, `meant` the role it stands for where that is known, `content` the value as written.
    """

    role: Literal["malformed"]
    tag: JSON = None
    meant: Literal["system", "user", "assistant", "call", "tool"] | None = None
    content: JSON = None
    reason: Literal["unknown_role", "not_string", "not_object"]

    @property
    def side(self) -> Side | None:
        return _SIDE_OF.get(self.meant) if self.meant else None


_SIDE_OF: dict[str, Side] = {"user": "prompt", "tool": "prompt", "assistant": "model", "call": "model"}

AnyMessage: TypeAlias = Annotated[User | Assistant | Result | System | Malformed, Field(discriminator="role")]


class Tool(Value):
    """A tool definition, kept as written in `raw`; the properties read the usual shapes of it.

    `parameters_at` is the *place* of the parameters below the definition, where a format calls them otherwise.
    """

    raw: JSON = None
    parameters_at: str = Field(default="", exclude=True, repr=False)

    @remembered
    def is_wrapped(self) -> bool:
        """Whether it is written as `{"type": "function", "function": {...}}`."""
        return isinstance(self.raw, dict) and isinstance(self.raw.get("function"), dict)

    @remembered
    def definition(self) -> dict[str, JSON]:
        """The object that holds name and parameters; empty where the definition is not an object."""
        found = self.raw["function"] if self.is_wrapped else self.raw
        return found if isinstance(found, dict) else {}

    @remembered
    def name(self) -> str | None:
        """The name, or None where it is missing or not a string."""
        name = self.definition.get("name")
        return name if isinstance(name, str) and name else None

    @property
    def description(self) -> str | None:
        text = self.definition.get("description")
        return text if isinstance(text, str) else None

    @property
    def parameters(self) -> JSON:
        """The JSON Schema of the arguments as written, None where there is none."""
        return self.definition.get("parameters")

    @property
    def parameters_pointer(self) -> str:
        """Where `parameters` lies below the definition."""
        return "/function/parameters" if self.is_wrapped else "/parameters"


class Conversation(Value):
    """One row: a system prompt, tools, messages, and what was left over.

    `tools_text` is the tools field as written where that is a string (None where it is a list or absent).
    `problems` are faults of the row's shape. `extra` keeps every key of the row that has no other place.
    `tools_only` says that the row lists tools and was never meant to hold messages.
    """

    messages: tuple[AnyMessage, ...] = ()
    system: str | None = None
    tools: tuple[Tool, ...] = ()
    tools_text: str | None = None
    problems: tuple[Problem, ...] = ()
    extra: dict[str, JSON] = Field(default_factory=dict)
    tools_only: bool = False
    origin: Origin = Field(default_factory=Origin)
    tools_at: str = Field(default="", exclude=True, repr=False)
    system_at: str = Field(default="", exclude=True, repr=False)

    @property
    def id(self) -> str | None:
        """The row's own id, where it has one."""
        found = self.extra.get("id")
        return str(found) if isinstance(found, str | int) else None

    @remembered
    def calls(self) -> tuple[Call, ...]:
        """All calls in order."""
        return tuple(call for message in self.messages if message.role == "assistant" for call in message.calls)

    @property
    def is_readable(self) -> bool:
        """Whether the row could be read at all."""
        return not any(problem.kind in UNREADABLE for problem in self.problems)


UNREADABLE = frozenset({"file.json_lines", "file.encoding", "row.not_object"})
"""Problems that leave no row to judge."""
