"""ds.language_mix: which languages users write in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from toolcall_data.conversation.build import chat, gpt, human
from toolcall_data.conversation.model import Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._shares import ShareRule, percent
from toolcall_data.rules.base import Finding, Severity

_HAN = re.compile("[\u3400-\u9fff]")
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_WORDS = {
    "zh": Prose("Chinese", "中文"),
    "latin": Prose("English or another with Latin letters", "英文或其他拉丁字母语言"),
    "mixed": Prose("Chinese and Latin mixed", "中外文混合"),
    "other": Prose("other", "其他"),
}
_MIXED_FROM, _MIXED_TO = 0.3, 0.7


class DsLanguageMix(ShareRule):
    """A statistic: which languages users write in.

    What it does:
        Sorts the rows of the whole input by what the user says: Chinese, Latin letters, both, or other. A Latin word
        counts as one Chinese character. The rule runs only when it is named.

    Why it matters:
        A model answers best in the language it was tuned in, and a few hundred English rows in a Chinese set may be
        there by accident.

    Example:
        Chinese 81 %, English 17 %, mixed 2 %.

    What to do:
        Compare it with what users will write. Translation tasks are mixed by nature.
    """

    chinese = """统计：用户用哪些语言。

    检查什么：
        按用户说的话给整个输入的行分类：中文、拉丁字母、两者混合、其他。一个拉丁字母单词按一个汉字计。只有点名才运行本规则。

    为什么重要：
        模型用微调时的语言回答得最好；中文数据集里的几百行英文也许是误放进来的。

    例子：
        中文 81 %，英文 17 %，混合 2 %。

    怎么办：
        对照用户将来会写的语言。翻译任务天然是混合的。
    """
    code = "TC820"
    name = "ds.language_mix"
    severity = Severity.INFO
    good = ((),)
    bad = ((chat(human("你好"), gpt("你好！")), chat(human("Good morning"), gpt("Good morning!"))),)

    def count(self, conversation: Conversation) -> Iterator[str]:
        said = " ".join(message.text for message in conversation.messages if message.role == "user")
        if said.strip():
            yield _language(said)

    def judge(self, counts: Counter[str]) -> Iterator[Finding]:
        rows = counts.total()
        if rows:
            shares = [(_WORDS[kind], percent(count, rows)) for kind, count in counts.most_common()]
            english = ", ".join(f"{word} {share}" for word, share in shares)
            chinese = "，".join(f"{word.zh} {share}" for word, share in shares)
            yield self.found(Prose(f"users of {rows:,} rows write: {english}", f"{rows:,} 行的用户语言：{chinese}"))


def _language(said: str) -> str:
    if _KANA_OR_HANGUL.search(said):
        return "other"
    han, latin = len(_HAN.findall(said)), len(_LATIN_WORD.findall(said))
    if not han + latin:
        return "other"
    share = han / (han + latin)
    return "zh" if share > _MIXED_TO else "latin" if share < _MIXED_FROM else "mixed"
