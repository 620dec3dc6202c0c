"""file.null_padding: objects of one file that are given each other's keys."""

from __future__ import annotations

from collections.abc import Iterator

from toolcall_data.conversation.json_text import encode
from toolcall_data.prose import Prose
from toolcall_data.rules._sets import FileRule, place_text
from toolcall_data.rules.base import Finding, Severity
from toolcall_data.target.files import SeenFile, SeenSet
from toolcall_data.target.shapes import Path, Shape, named


class FileNullPadding(FileRule):
    """Values that differ in their keys must be JSON text, not objects.

    What it does:
        Reports tools, arguments and other values that are read as objects and whose keys are not the same in all rows;
        objects whose keys are null in most rows, which were loaded that way before; and, as a warning, tools written
        as text that still hold parameters whose definition is null.

    Why it matters:
        Arrow gives all objects at one place the same keys and fills the missing ones with null. Every tool is then
        trained with the parameters of all others, every call with the arguments of all others, each null.

    Example:
        `{"arguments": {"city": "北京"}}` in one row and `{"arguments": {"zone": "cst"}}` in another become
        `{"city": "北京", "zone": null}` and `{"city": null, "zone": "cst"}`.

    What to do:
        Write tools, calls and results as JSON text; `tcdata convert` does. From rows that are filled up already, take
        out what is null.
    """

    chinese = """键不一致的值必须写成 JSON 文本，而不是对象。

    检查什么：
        报告以对象形式读取、且各行的键不一致的工具、参数等值；多数行里键为 null 的对象（以前就是这样加载出来的）；
        并以警告报告写成文本、但参数定义仍为 null 的工具。

    为什么重要：
        Arrow 让同一位置的所有对象拥有相同的键，缺少的填成 null。于是每个工具都带着其他工具的参数训练，
        每个调用都带着其他调用的参数，且都是 null。

    例子：
        一行 `{"arguments": {"city": "北京"}}` 和另一行 `{"arguments": {"zone": "cst"}}` 会变成
        `{"city": "北京", "zone": null}` 和 `{"city": null, "zone": "cst"}`。

    怎么办：
        把工具、调用和结果写成 JSON 文本；`tcdata convert` 会这样做。已经被填充的行请去掉 null。
    """

    code = "TC109"
    name = "file.null_padding"
    good = ('{"conversations": [{"from": "human", "value": "你好"}, {"from": "gpt", "value": "你好！"}], "tools": ""}',)
    bad = (
        "\n".join(
            encode({"conversations": [], "tools": [{"name": name, "parameters": {"properties": {key: {}}}}]})
            for name, key in (("get_weather", "city"), ("get_time", "zone"))
        ),
    )

    def check_files(self, seen: SeenSet) -> Iterator[Finding]:
        for file in seen.files:
            for column in file.shapes.row.fields:
                if seen.is_read((column,)):
                    yield from self._column(file, column, file.shapes.row.fields[column], seen)
            if file.watch.padded is not None:
                yield self._text(file)

    def _column(self, file: SeenFile, key: str, column: Shape, seen: SeenSet) -> Iterator[Finding]:
        for path, shape in column.walk((key,)):
            if not shape.objects or path in _harmless(seen):
                continue
            padded = [name for name, below in shape.fields.items() if below.seen < shape.objects]
            nulls = [name for name, below in shape.fields.items() if below.typed and 2 * below.nulls >= below.seen]
            if padded and file.loader != "parquet":
                yield self._objects(file, path, shape, padded[0], _PADDED)
                return
            if nulls and not padded and len(shape.fields) > 1:
                yield self._objects(file, path, shape, nulls[0], _FULL)
                return

    def _objects(self, file: SeenFile, path: Path, shape: Shape, key: str, said: Prose) -> Finding:
        place = shape.first["object"]
        name = named(path)
        text = Prose(said.format(name=name, key=key), said.zh.format(name=name, key=key))
        return self.on_file(file.path, text, place, at=f"/{path[0]}", hint=_HINT)

    def _text(self, file: SeenFile) -> Finding:
        assert file.watch.padded is not None
        place, key = file.watch.padded
        count, where = file.watch.padded_rows, place_text(place)
        text = Prose(
            f"{count} rows have tools with parameters that are null, first `{key}` in {where}: other tools' parameters",
            f"{count} 行的工具里有为 null 的参数，首先是{where.zh}的 `{key}`：那是其他工具的参数",
        )
        return self.on_file(file.path, text, place, hint=_TAKE_OUT, severity=Severity.WARNING)


def _harmless(seen: SeenSet) -> set[Path]:
    """Places of which the trainer reads only keys that it knows, so that further ones do not matter."""
    messages = seen.registration.messages
    return {(messages, None), (messages, None, "tool_calls", None)}


_PADDED = Prose(
    "the objects at `{name}` differ in their keys (`{key}` is not in all): Arrow gives it to all, as null",
    "`{name}` 处的对象键不一致（并非都有 `{key}`）：Arrow 会给每个对象都加上它，值为 null",
)
_FULL = Prose(
    "`{key}` of the objects at `{name}` is null in most of them: they were filled up with each other's keys",
    "`{name}` 处的对象的 `{key}` 多数为 null：它们已被互相填充了键",
)
_HINT = Prose(
    "write such values as JSON text: `tcdata convert` does", "把这样的值写成 JSON 文本：`tcdata convert` 会这样做"
)
_TAKE_OUT = Prose("take out parameters whose definition is null", "去掉定义为 null 的参数")
