"""file.mixed_shape: values of one place whose types Arrow cannot unify."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule, place_text
from toolcall_data.rules.base import Finding
from toolcall_data.target.files import SeenFile, SeenSet
from toolcall_data.target.shapes import FAMILIES, Place, Shape, named

_REST = '"conversations": [{"from": "human", "value": "你好"}, {"from": "gpt", "value": "你好！"}]}'
_FINE = f'{{"id": 1, {_REST}'


class FileMixedShape(FileRule):
    """A column, and every key inside it, must have one type in the whole file.

    What it does:
        Reports a column, a list's items or an object's key that is, say, a number in one row and a string in another,
        with the first row of each type. Null goes with every type, whole numbers with fractions.

    Why it matters:
        LLaMA-Factory loads files as Arrow tables, whose columns have one type. The job ends with
        `DatasetGenerationError`, with a row number that counts from somewhere inside the file. It does so for columns
        that the trainer never reads as well.

    Example:
        `"id": 1` in one row, `"id": "a-2"` in another.

    What to do:
        Write the value as a string in every row, objects and lists as their JSON text; or drop columns that are not
        needed.
    """

    chinese = """整个文件里，一列及其内部的每个键都只能有一种类型。

    检查什么：
        报告例如在某行是数字、在另一行是字符串的列、列表项或对象的键，并给出每种类型首次出现的行。
        null 与任何类型相容，整数与小数相容。

    为什么重要：
        LLaMA-Factory 把文件加载为 Arrow 表，一列只能有一种类型。任务以 `DatasetGenerationError` 结束，
        给出的行号是从文件中间某处数起的。训练不读取的列同样如此。

    例子：
        一行是 `"id": 1`，另一行是 `"id": "a-2"`。

    怎么办：
        在每一行都写成字符串，对象和列表写成 JSON 文本；或删掉不需要的列。
    """

    code = "TC108"
    name = "file.mixed_shape"
    good = (_FINE,)
    bad = (f'{_FINE}\n{{"id": "b-2", {_REST}',)

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            if file.loader == "parquet":
                continue
            for key, column in file.shapes.row.fields.items():
                # One finding a column: what differs outermost differs below as well.
                for path, shape in column.walk((key,)):
                    kinds = _families(shape)
                    if len(kinds) > 1:
                        yield self._mixed(file, named(path), kinds)
                        break

    def _mixed(self, file: SeenFile, name: str, kinds: dict[str, Place]) -> Finding:
        told = [(kind, place_text(place)) for kind, place in kinds.items()]
        english = " and ".join(f"{_ARTICLES[kind]} in {where}" for kind, where in told)
        chinese = "，".join(f"在{where.zh}是{_CHINESE[kind]}" for kind, where in told)
        how = _ARRAY if file.loader == "array" else _LINES
        text = Prose(f"`{name}` is {english}: {how}", f"`{name}` {chinese}：{how.zh}")
        last = list(kinds.values())[-1]
        key = name.partition(".")[0].partition("[")[0]
        return self.on_file(file.path, text, last, at=f"/{key}", hint=_HINT)


def _families(shape: Shape) -> dict[str, Place]:
    """The types that stand at a place, with the first place of each, in order."""
    found: dict[str, Place] = {}
    for kind, place in sorted(shape.typed.items(), key=lambda item: item[1][0]):
        found.setdefault(FAMILIES.get(kind, kind), place)
    found.pop("other", None)
    return found


_ARTICLES = {
    "boolean": "true or false",
    "number": "a number",
    "string": "a string",
    "list": "a list",
    "object": "an object",
}
_CHINESE = {"boolean": "布尔值", "number": "数字", "string": "字符串", "list": "列表", "object": "对象"}
_ARRAY = Prose(
    "the array is read by pandas, and Arrow takes no such column: `Failed to convert pandas DataFrame`",
    "数组由 pandas 读取，而 Arrow 不接受这样的列：`Failed to convert pandas DataFrame`",
)
_LINES = Prose(
    "the lines are read by PyArrow, 10 MB at a time, which ends with `changed from ... to ...`",
    "各行由 PyArrow 每次 10 MB 读取，会以 `changed from ... to ...` 结束",
)
_HINT = Prose("write it as a string in every row, or leave the column out", "在每一行都写成字符串，或去掉这一列")
