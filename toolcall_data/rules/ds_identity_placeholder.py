"""ds.identity_placeholder: the name of the model was not filled in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules._rows_by_file import RowsByFileRule
from toolcall_data.rules._text_rule import pieces

_BLANK = re.compile(r"\{\{ ?(name|author) ?\}\}")
_IS_CODE = ("```", "</", "{%")


class DsIdentityPlaceholder(RowsByFileRule):
    """The blanks of an identity set must be filled in.

    What it does:
        Reports `{{name}}` and `{{author}}` in what user, model and system prompt say. Texts with code or markup are
        left out: there such blanks belong to a template. One finding a file.

    Why it matters:
        LLaMA-Factory's `identity.json` holds them for you to replace; it does not do so itself. Trained as it is, the
        model introduces itself as 「我是 {{name}}」.

    Example:
        gpt `您好，我是 {{name}}，由 {{author}} 开发。`

    What to do:
        Replace both in the whole file, for example with sed: `s/{{name}}/小通/g; s/{{author}}/某某公司/g`.
    """

    chinese = """身份数据里的空白必须填好。

    检查什么：
        报告用户、模型和系统提示里的 `{{name}}` 和 `{{author}}`。含有代码或标记的文本除外：那里的空白属于模板。
        每个文件报告一次。

    为什么重要：
        LLaMA-Factory 的 `identity.json` 留着它们等你替换，它自己不会替换。原样训练，模型就会自称「我是 {{name}}」。

    例子：
        gpt `您好，我是 {{name}}，由 {{author}} 开发。`

    怎么办：
        在整个文件里替换这两处，例如用 sed：`s/{{name}}/小通/g; s/{{author}}/某某公司/g`。
    """
    code = "TC823"
    name = "ds.identity_placeholder"
    good = (
        (FINE, chat(human("你是谁？"), gpt("我是小通。"))),
        (chat(human("Jinja 怎么写？"), gpt("```\n你好，{{name}}\n```")),),
    )
    bad = (
        (FINE, chat(human("你是谁？"), gpt("您好，我是 {{name}}，由 {{author}} 开发。"))),
        (chat(human("Who are you?"), gpt("I am {{name}}."), system="You are {{name}}."),),
    )

    def kinds(self, conversation: Conversation) -> set[str]:
        if "{{" not in facts(conversation).said:
            return set()
        return set(self._blanks(conversation))

    def _blanks(self, conversation: Conversation) -> Iterator[str]:
        for piece in pieces(conversation):
            if piece.part != "result" and not any(mark in piece.text for mark in _IS_CODE):
                yield from _BLANK.findall(piece.text)

    def say(self, kinds: Counter[str], rows: int, places: Prose) -> Prose:
        blanks = "`, `".join(f"{{{{{kind}}}}}" for kind in sorted(kinds, reverse=True))
        noun = "row holds" if rows == 1 else "rows hold"
        return Prose(
            f"{rows:,} {noun} `{blanks}`, which LLaMA-Factory trains as it stands: {places}",
            f"{rows:,} 行残留 `{blanks}`，LLaMA-Factory 会原样训练：{places.zh}",
        )

    def advice(self) -> Prose:
        return Prose(
            "replace them in the whole file by the name of your model and of its maker",
            "在整个文件里换成你的模型和开发者的名字",
        )
