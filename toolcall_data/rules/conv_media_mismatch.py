"""conv.media_mismatch: media and the marks that stand for them in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolcall_data.conversation.address import item_at
from toolcall_data.conversation.build import chat, gpt, human, row
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import facts
from toolcall_data.rules._turns import texts
from toolcall_data.rules.base import Finding, Rule, Severity

_MARKS = {"images": "<image>", "videos": "<video>", "audios": "<audio>"}
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


def _may_have_media(conversation: Conversation) -> bool:
    """Whether the row has a column of files, or a text has a mark."""
    return facts(conversation).has_markup or not conversation.extra.keys().isdisjoint(_MARKS)


class ConvMediaMismatch(Rule):
    """Every medium of a row needs its mark in the text, and every mark its medium.

    What it does:
        Compares the number of files in the row's `images`, `videos` and `audios` with the number of `<image>`,
        `<video>` and `<audio>` in its messages. Where the row has no such column, a mark outside code is a warning.

    Why it matters:
        A multimodal template counts both, and where they differ LLaMA-Factory ends the whole job with `The number of
        images does not match the number of <image> tokens`. A template for text alone keeps the mark as five letters.

    Example:
        `"images": ["a.png", "b.png"]` and one `<image>` in the question.

    What to do:
        Put one mark where each medium belongs. Text about HTML should be written otherwise, such as `< video >`, if it
        is to be trained with a multimodal template.
    """

    chinese = """行里的每个媒体都要在文本里有标记，每个标记都要有对应的媒体。

    检查什么：
        比较该行 `images`、`videos`、`audios` 的文件数与消息里 `<image>`、`<video>`、`<audio>` 的个数。
        该行没有这一列时，代码之外的标记是警告。

    为什么重要：
        多模态模板会核对两者，不一致时 LLaMA-Factory 以 `The number of images does not match the number of <image>
        tokens` 中断整个任务。纯文本模板则把标记当作普通文字。

    例子：
        `"images": ["a.png", "b.png"]`，而问题里只有一个 `<image>`。

    怎么办：
        每个媒体在它的位置写一个标记。谈论 HTML 的文本若要用多模态模板训练，应换个写法，如 `< video >`。
    """
    code = "TC228"
    name = "conv.media_mismatch"
    only_if = staticmethod(_may_have_media)
    good = (
        FINE,
        {**chat(human("<image>图里是什么？"), gpt("一只猫。")), "images": ["cat.png"]},
        chat(human("网页里怎么放视频？"), gpt("用 `<video>` 标签。")),
    )
    bad = (
        {**chat(human("<image>比较两张图"), gpt("一样。")), "images": ["a.png", "b.png"]},
        {**row(human("图里是什么？"), gpt("一只猫。")), "images": ["cat.png"]},
        chat(human("<image>图里是什么？"), gpt("一只猫。")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        for column, mark in _MARKS.items():
            if column in conversation.extra:
                yield from self._against_column(conversation, column, mark)
            elif any(mark in text and mark in _CODE.sub("", text) for text in _said(conversation)):
                text = f"`{mark}` stands in the text, and the row has no `{column}`"
                chinese = f"文本里有 `{mark}`，而该行没有 `{column}`"
                yield self.found(Prose(text, chinese), severity=Severity.WARNING)

    def _against_column(self, conversation: Conversation, column: str, mark: str) -> Iterator[Finding]:
        files = _count(conversation.extra[column])
        if files is None:
            return
        marks = sum(text.count(mark) for text in _said(conversation))
        if marks != files:
            text = f"`{column}` has {files} {'file' if files == 1 else 'files'}, the text has {marks} `{mark}`"
            chinese = f"`{column}` 有 {files} 个文件，文本里有 {marks} 个 `{mark}`"
            yield self.found(Prose(text, chinese), at=item_at(column))


def _said(conversation: Conversation) -> Iterator[str]:
    return (text for message in conversation.messages for text in texts(message))


def _count(value: JSON) -> int | None:
    """How many files a column names, None where it is no list and no name."""
    if value is None or value == "":
        return 0
    return len(value) if isinstance(value, list) else 1 if isinstance(value, str) else None
