"""info.name_twice: a name that stands twice in dataset_info.json."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.address import parts
from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registry


class InfoNameTwice(InfoRule):
    """No name may stand twice in one object of dataset_info.json.

    What it does:
        Reports a dataset, or a key of an entry, that is written a second time.

    Why it matters:
        JSON keeps the last one without a word: the first dataset of the name can never be trained on.

    Example:
        `{"weather": {"file_name": "a.json"}, "weather": {"file_name": "b.json"}}`.

    What to do:
        Rename one of them, or take it out.
    """

    chinese = """dataset_info.json 的同一个对象里不能有重复的名称。

    检查什么：
        报告写了第二次的数据集，或条目里写了第二次的键。

    为什么重要：
        JSON 会不加提示地只保留最后一个：前一个同名数据集永远无法训练。

    例子：
        `{"weather": {"file_name": "a.json"}, "weather": {"file_name": "b.json"}}`。

    怎么办：
        给其中一个改名，或删掉它。
    """

    code = "TC921"
    name = "info.name_twice"
    good = (SOUND,)
    bad = (f"{SOUND[:-1]}, {SOUND[1:]}",)

    def check_registry(self, registry: Registry) -> Iterator[Finding]:
        for pointer, line in registry.twice:
            name = ".".join(parts(pointer))
            text = Prose(
                f"`{name}` stands here a second time: the first is lost", f"`{name}` 在这里第二次出现：前一个会丢失"
            )
            yield self.on_registry(registry, text, line, at=pointer, hint=_HINT)


_HINT = Prose("rename one of them", "请给其中一个改名")
