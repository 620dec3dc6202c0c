"""ans.entity_ungrounded: a title or a name that no result holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, gpt, human, observation, row, tool
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._against_schema import is_cjk
from toolcall_data.rules._answers import Answer, answers
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds
from toolcall_data.rules._spoken import spoken
from toolcall_data.rules.base import Finding, Rule, Severity

_MOVIES = tool("search_movies", genre={"type": "string"})
_TITLE = re.compile(r"《([^《》\n]{1,40})》")
_NAME = re.compile(r"\b[A-Z][a-z]+(?: (?:[A-Z]\. ?)?[A-Z][a-z]+){1,3}\b")
_GLOSS = re.compile(r"[（(][^（()）\n]*[)）]")
_NOISE = re.compile(r"[\W_]+")
_MOST_SHOWN = 4
_MAY_NAME = Holds(answers="《| [A-Z]")


class AnsEntityUngrounded(Rule):
    """An answer should call things by the names that the results have.

    What it does:
        Reports titles in 《》, and in a Chinese answer names of several Latin words, that stand nowhere before the
        answer to a result. Punctuation, spaces and case do not count, and a name in round brackets may explain
        another.

    Why it matters:
        The model learns to rename what it was given, or to add what it was not. In translated sets result and answer
        were often translated apart, and the names no longer agree.

    Example:
        The result says `雾中灯塔`, the answer 《浓雾里的灯塔》.

    What to do:
        Write the name as the result has it, or correct the result.
    """

    chinese = """回答里的名称应与结果一致。

    检查什么：
        在结果之后的回答里，《》中的标题，以及中文回答中由几个拉丁词组成的名字，在前文从未出现。
        标点、空格、大小写不计；圆括号里的名字可以是对前面名称的说明。

    为什么重要：
        模型会学着给拿到的东西改名，或添上没有的东西。机器翻译的数据集里，结果和回答常被分别翻译，名称就对不上了。

    例子：
        结果写的是 `雾中灯塔`，回答却是《浓雾里的灯塔》。

    怎么办：
        按结果里的写法写名称，或改正结果。
    """
    code = "TC602"
    name = "ans.entity_ungrounded"
    severity = Severity.WARNING
    only_if = staticmethod(_MAY_NAME)
    _search = call("search_movies", genre="悬疑")
    good = (
        FINE,
        row(
            human("有什么悬疑片？"),
            _search,
            observation({"movies": ["雾中灯塔", "长街 旧事：序章"]}),
            gpt("有《雾中灯塔》（The Lighthouse in Fog）和《长街旧事·序章》。"),
            tools=[_MOVIES],
        ),
    )
    bad = (
        row(
            human("有什么悬疑片？"),
            _search,
            observation({"movies": ["雾中灯塔"]}),
            gpt("有一部《浓雾里的灯塔》。"),
            tools=[_MOVIES],
        ),
        row(
            human("有什么悬疑片？"),
            _search,
            observation({"movies": [{"title": "雾中灯塔", "director": "林若谷"}]}),
            gpt("有一部《雾中灯塔》，由 Lynn Rogue 执导。"),
            tools=[_MOVIES],
        ),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for answer in answers(conversation):
            names = list(_named(answer))
            if not names:
                continue
            before = _plain(spoken(conversation).before(answer.index))
            if unknown := [name for name in names if _plain(name) not in before]:
                listed = ", ".join(f"「{name}」" for name in unknown[:_MOST_SHOWN])
                more = len(unknown) - _MOST_SHOWN
                yield self.on_message(
                    answer.message,
                    Prose(
                        f"nothing before the answer names {listed}{f' and {more} more' if more > 0 else ''}",
                        f"前文没有出现过{listed.replace(', ', '')}{f'等 {len(unknown)} 个名称' if more > 0 else ''}",
                    ),
                )


def _named(answer: Answer) -> dict[str, None]:
    """The titles and names in an answer, each once."""
    text = answer.message.text
    found = dict.fromkeys(_TITLE.findall(text)) if "《" in text else {}
    if _NAME.search(text) and is_cjk(text):
        found |= dict.fromkeys(_NAME.findall(_GLOSS.sub("", _TITLE.sub("", text))))
    return found


def _plain(text: str) -> str:
    return _NOISE.sub("", text.lower())
