"""obs.python_repr: a result written by Python's `repr`."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row
from toolcall_data.conversation.json_text import encode
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._results import has_unreadable_result, results
from toolcall_data.rules._written import python_value
from toolcall_data.rules.base import Finding, Rule, Severity


class ObsPythonRepr(Rule):
    """A result should be JSON, not a Python literal.

    What it does:
        Reports a result with single quotes, `True`, `None` or a tuple in it, as `str()` of a Python dict gives it.

    Why it matters:
        Your server will send JSON. The model reads one spelling in training and another one in use, and picks up the
        habit of writing `True` itself.

    Example:
        `{'text': '晴', 'rain': False}`

    What to do:
        Write it with `json.dumps(..., ensure_ascii=False)` (the fix does).
    """

    chinese = """结果应当是 JSON，而不是 Python 字面量。

    检查什么：
        结果里有单引号、`True`、`None` 或元组，即 Python 字典经 `str()` 得到的样子。

    为什么重要：
        线上服务发来的是 JSON。训练时读一种写法，使用时读另一种，模型自己也会养成写 `True` 的习惯。

    例子：
        `{'text': '晴', 'rain': False}`

    怎么办：
        用 `json.dumps(..., ensure_ascii=False)` 写出（自动修复会这样做）。
    """
    code = "TC505"
    name = "obs.python_repr"
    severity = Severity.WARNING
    only_if = staticmethod(has_unreadable_result)
    applicability = "safe"
    good = (FINE,)
    bad = (
        row(
            human("北京天气？"),
            call("get_weather", city="北京"),
            observation("{'text': '晴', 'rain': False, 'range': (18, 25), 'note': None}"),
            gpt("北京今天晴，18到25度。"),
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for found in results(conversation):
            if found.error is not None and python_value(found.message.content) is not None:
                said = Prose("the result is a Python literal, not JSON", "结果是 Python 字面量，不是 JSON")
                yield self.on_message(found.message, said)

    def fix(self, conversation: Conversation) -> Conversation:
        mended: dict[int, AnyMessage] = {}
        for found in results(conversation):
            value = python_value(found.message.content) if found.error is not None else None
            if value is not None:
                mended[found.index] = found.message.model_copy(update={"content": encode(value)})
        if not mended:
            return conversation
        return with_messages(conversation, (mended.get(at, each) for at, each in enumerate(conversation.messages)))
