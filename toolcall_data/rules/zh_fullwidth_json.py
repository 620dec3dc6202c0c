"""zh.fullwidth_json: JSON written with full-width punctuation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from toolcall_data.conversation.build import call, chat, gpt, human, observation, row
from toolcall_data.conversation.model import AnyMessage, Conversation
from toolcall_data.prose import Prose
from toolcall_data.rules._edit import with_messages
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._guards import Holds, facts
from toolcall_data.rules._text_rule import pieces
from toolcall_data.rules.base import Finding, Rule

_SYNTAX = {
    "，": ",",
    "：": ":",
    "“": '"',
    "”": '"',
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "＂": '"',
    "\u3000": " ",
}
_WIDE = re.compile("[，：“”｛｝［］＂]")
_SIGNS = ('"：', "”：", "”:", '，"', '"，', "，“", "{“", "[“", "［", "｛", "＂")
"""JSON that is written with full-width punctuation has one of these."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|“[^“”"\\]*”|＂[^＂"\\]*＂', re.DOTALL)
_FENCED = re.compile(r"```json\s*\n(.*?)```", re.DOTALL)
_MAY_BE_WIDE = Holds(results="，|：|“|”|｛|｝|［|］|＂", spoken="```json")
_LONGEST = 200_000


class ZhFullwidthJson(Rule):
    """JSON must not be written with full-width punctuation.

    What it does:
        Reports a result that would be JSON, and a block marked `json` in an answer or a question that would be, if the
        full-width commas, colons, quotes and brackets outside its strings were ASCII. Calls are judged by
        `call.not_json`, tools by `tool.not_json`.

    Why it matters:
        No parser reads it. In an answer the model learns to write it; in a result the model learns to expect what no
        server sends.

    Example:
        `{“text”：“晴”，“degrees”：21}`

    What to do:
        Write ASCII punctuation. The fix does so in results; blocks in messages are left to you.
    """

    code = "TC708"
    name = "zh.fullwidth_json"
    only_if = staticmethod(_MAY_BE_WIDE)
    applicability = "safe"
    chinese = """JSON 里不能用全角标点。

    检查什么：
        工具结果，以及消息里标明 `json` 的代码块，如果把字符串之外的全角逗号、冒号、引号、
        括号换成半角就是合法 JSON，则报告。调用由`call.not_json` 判断，工具由 `tool.not_json` 判断。

    为什么重要：
        没有解析器读得了。写在回答里，模型会学着这样写；写在结果里，模型会以为服务端这样返回。

    例子：
        `{“text”：“晴”，“degrees”：21}`

    怎么办：
        改成半角标点。自动修复只改工具结果，消息里的代码块留给人处理。
    """
    good = (
        FINE,
        row(human("北京天气？"), call("get_weather", city="北京"), observation("晴，气温：21 度"), gpt("晴。")),
        chat(human("给我 JSON"), gpt('```json\n{"说明": "他说：“晴，21 度”"}\n```')),
    )
    bad = (
        row(human("北京天气？"), call("get_weather", city="北京"), observation('{“text”：“晴”，"n"：21}'), gpt("晴。")),
        chat(human("给我 JSON"), gpt("```json\n{“text”：“晴”}\n```")),
    )

    def check(self, conversation: Conversation) -> Iterator[Finding]:
        said = facts(conversation).said
        if not any(sign in said for sign in _SIGNS):
            return
        for piece in pieces(conversation, frozenset({"user", "answer", "result"})):
            if _WIDE.search(piece.text) is None:
                continue
            if piece.part == "result":
                if repaired_json(piece.text) is not None:
                    said = Prose(
                        "the result is JSON but for its full-width punctuation", "工具结果若不是用了全角标点，就是 JSON"
                    )
                    yield self.found(said, at=piece.at, excerpt=piece.text)
            elif any(repaired_json(found[1]) is not None for found in _FENCED.finditer(piece.text)):
                said = Prose("a block of JSON has full-width punctuation", "JSON 代码块里用了全角标点")
                yield self.found(said, at=piece.at, excerpt=piece.text, mends=False)

    def fix(self, conversation: Conversation) -> Conversation:
        messages = [_mended(message) for message in conversation.messages]
        if all(new is old for new, old in zip(messages, conversation.messages, strict=True)):
            return conversation
        return with_messages(conversation, messages)


def _mended(message: AnyMessage) -> AnyMessage:
    text = repaired_json(message.content) if message.role == "tool" else None
    return message if text is None or message.role != "tool" else message.model_copy(update={"content": text})


def repaired_json(text: str) -> str | None:
    """The object or list with ASCII punctuation outside its strings; None where it is JSON already or still is none."""
    if (
        not 2 <= len(text) <= _LONGEST
        or text.lstrip()[:1] not in "{[｛［"
        or _WIDE.search(text) is None
        or _reads(text)
    ):
        return None
    repaired = _repaired(text)
    return repaired if _reads(repaired) else None


def _repaired(text: str) -> str:
    pieces, end = [], 0
    for found in _STRING.finditer(text):
        inside = found[0]
        pieces += [_ascii(text[end : found.start()]), inside if inside[0] == '"' else f'"{inside[1:-1]}"']
        end = found.end()
    return "".join([*pieces, _ascii(text[end:])])


def _ascii(text: str) -> str:
    return "".join(_SYNTAX.get(each, each) for each in text)


def _reads(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False
