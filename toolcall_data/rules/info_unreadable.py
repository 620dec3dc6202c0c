"""info.unreadable: a dataset_info.json that the trainer cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._info_examples import SOUND
from toolcall_data.rules._sets import InfoRule
from toolcall_data.rules.base import Finding
from toolcall_data.target.registry import Registered, Registry


class InfoUnreadable(InfoRule):
    """dataset_info.json must be a JSON object of objects.

    What it does:
        Reports a dataset_info.json that is no JSON, no UTF-8 or no object, that begins with a byte order mark, and an
        entry that is no object. Nothing that it registers can be judged then.

    Why it matters:
        LLaMA-Factory ends with `Cannot open dataset_info.json` or `Undefined dataset`, whichever dataset was asked for;
        its web page shows an empty list instead.

    Example:
        `{"a": {"file_name": "a.json"},}`: a comma before the closing brace.

    What to do:
        Mend the place that the finding names. JSON knows no comments and no trailing commas.
    """

    chinese = """dataset_info.json 必须是由对象组成的 JSON 对象。

    检查什么：
        报告不是 JSON、不是 UTF-8、不是对象或以字节顺序标记（BOM）开头的 dataset_info.json，以及不是对象的条目。
        这时它登记的数据都无法检查。

    为什么重要：
        无论请求哪个数据集，LLaMA-Factory 都会以 `Cannot open dataset_info.json` 或
        `Undefined dataset` 结束；网页界面则只显示空列表。

    例子：
        `{"a": {"file_name": "a.json"},}`：右花括号前多了一个逗号。

    怎么办：
        修正所指的位置。JSON 没有注释，也不允许末尾逗号。
    """

    code = "TC901"
    name = "info.unreadable"
    good = (SOUND,)
    bad = ('{"weather": {"file_name": "rows.jsonl"},}', "[]", '{"weather": "rows.jsonl"}')

    def check_registry(self, registry: Registry) -> Iterator[Finding]:
        if registry.fault is not None:
            said, line = registry.fault
            text = Prose(
                f"dataset_info.json {said}: the trainer finds no dataset",
                f"dataset_info.json {said.zh}：训练找不到数据集",
            )
            yield self.on_registry(registry, text, line, hint=_HINT)

    def check_entry(self, entry: Registered) -> Iterator[Finding]:
        if entry.keys is None:
            yield self.on_key(entry, Prose(f"the entry `{entry.name}` is no object", f"条目 `{entry.name}` 不是对象"))


_HINT = Prose(
    "an object of datasets, each an object with its `file_name`",
    "应是数据集组成的对象，每个数据集是带 `file_name` 的对象",
)
