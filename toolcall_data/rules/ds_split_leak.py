"""ds.split_leak: held-out rows that stand in the training part as well."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from toolcall_data.conversation.build import WEATHER, call, gpt, human, observation, row
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.near_duplicates import NearDuplicates
from toolcall_data.prose import Prose
from toolcall_data.rules._examples import FINE
from toolcall_data.rules._places import MOST_PLACES, Places, listed, placed
from toolcall_data.rules._row_keys import key_of, row_keys
from toolcall_data.rules.base import DatasetRule, Finding, Tally

_TRAIN = frozenset({"train", "training", "训练", "训练集"})
_HELD_OUT = frozenset(
    {"eval", "evaluation", "valid", "validation", "val", "test", "dev", "heldout", "holdout"}
    | {"验证", "验证集", "测试", "测试集", "评测"}
)
_WORD = re.compile(r"[a-z]+|[\u4e00-\u9fff]+")


def _asked(question: str, file: str) -> dict[str, JSON]:
    turns = (human(question), call("get_weather", city="北京"), observation({"text": "晴"}), gpt("晴。"))
    return row(*turns, tools=[WEATHER], file=file)


class DsSplitLeak(DatasetRule):
    """No row of the held-out part may stand in the training part.

    What it does:
        Where several files are judged together and their names, or else their folders, say which is for training
        (`train`, 训练) and which is held out (`eval`, `valid`, `val`, `test`, `dev`, 验证, 测试), reports rows of the
        latter that share user messages and tools with a row of the former, or are an exact or near duplicate of one
        (as `ds.near_dup` tells them). A question of fewer than eight characters, such as a greeting, counts only with
        the rest of the row. One finding for each held-out file. The examples name each row's file under `file`.

    Why it matters:
        The loss and the scores on such rows say what was remembered, not what was learnt. The best checkpoint is then
        the one that remembers most.

    Example:
        12 of the 200 rows of valid.jsonl stand in train.jsonl too.

    What to do:
        Split again, with all rows of one question, and near duplicates, on the same side: the held-out part of a
        recipe's mix does not part equal rows. Or drop the rows from the training part.
    """

    chinese = """留出的行不能同时出现在训练集里。

    检查什么：
        同时检查多个文件，且文件名（或文件夹名）说明了哪个用于训练（`train`、训练）、哪个是留出的（`eval`、`valid`、
        `val`、`test`、`dev`、验证、测试）时，报告后者中与前者某一行的用户消息和工具都相同，或完全重复、近似重复
        （同 `ds.near_dup`）的行。不足八个字的问题（如问候）要连同整行一起算。每个留出的文件报告一次。
        例子里每行的 `file` 是它所在的文件。

    为什么重要：
        在这样的行上，损失和得分说明的是记住了什么，而不是学会了什么；选出的检查点也就是记得最牢的那个。

    例子：
        valid.jsonl 的 200 行里有 12 行也在 train.jsonl 里。

    怎么办：
        重新划分，同一问题的所有行和近似重复的行放在同一边：配方的混合在留出时不会拆开相同的行。或者从训练集里删掉它们。
    """
    code = "TC814"
    name = "ds.split_leak"
    holds = "24 bytes a row of a training or held-out file; texts and sketches beyond 8 MiB lie in a temporary file"
    SHORTEST = 8
    """Characters of a question, after normalisation, that by itself makes two rows the same task."""
    good = (
        (_asked("北京这周末的天气怎么样？", "train.jsonl"), _asked("上海明天下午会不会下雨？", "valid.jsonl")),
        (_asked("北京这周末的天气怎么样？", "train.jsonl"), _asked("北京这周末的天气怎么样？", "other.jsonl")),
        (
            row(human("你好"), gpt("你好！有什么可以帮您？"), file="train.jsonl"),
            row(human("你好"), gpt("您好，请讲。"), file="eval.jsonl"),
        ),
    )
    bad = (
        (_asked("北京这周末的天气怎么样？", "train.jsonl"), _asked("北京这周末的天气怎么样？", "valid.jsonl")),
        (FINE | {"file": "data/train/a.jsonl"}, FINE | {"file": "data/test/a.jsonl"}),
    )

    def concerns(self, files: Sequence[str]) -> bool:
        return {"train", "held_out"} <= {side_of(file) for file in files}

    def tally(self) -> Tally:
        return _Sides(self)


Side = Literal["train", "held_out"]


def side_of(file: str) -> Side | None:
    """What a file is for by its name, or else by the name of its folder; None where they do not say."""
    path = PurePath(file)
    for name in (path.name, path.parent.name):
        words = set(_WORD.findall(name.lower()))
        is_train, is_held_out = not words.isdisjoint(_TRAIN), not words.isdisjoint(_HELD_OUT)
        if is_train or is_held_out:
            return None if is_train and is_held_out else "train" if is_train else "held_out"
    return None


@dataclass
class _Leak:
    """The leaking rows of a file: their numbers, and those of training rows that the first of them is like."""

    rows: list[int]
    like: int


class _Sides(Tally):
    """`prompts` are 0 for questions that are too short to count."""

    def __init__(self, rule: DsSplitLeak) -> None:
        self._rule = rule
        self._prompts = array("Q")
        self._texts = NearDuplicates()
        self._places = Places()

    def add(self, conversation: Conversation) -> None:
        if side_of(conversation.origin.path) is None:
            return
        keys = row_keys(conversation)
        is_long = len(keys.prompt_text) >= self._rule.SHORTEST
        self._prompts.append(key_of(str(keys.prompt), str(keys.tools)) if is_long else 0)
        self._texts.add(keys.dialogue)
        self._places.add(conversation.origin)

    def merge(self, later: _Sides) -> None:
        self._prompts += later._prompts
        self._texts.merge(later._texts)
        self._places.merge(later._places)

    def findings(self) -> Iterator[Finding]:
        counts: dict[str, int] = defaultdict(int)
        for file, numbers in self._places.by_file():
            counts[file] += len(numbers)
        for file, leak in self._leaks().items():
            places = [self._places[number] for number in leak.rows[:MOST_PLACES]]
            yield placed(self._say(file, leak, counts[file], listed(places, file, len(leak.rows))), places[0])

    def _say(self, file: str, leak: _Leak, rows: int, places: Prose) -> Finding:
        found, like = len(leak.rows), listed([self._places[leak.like]], file)
        verb = "row stands" if found == 1 else "rows stand"
        text = Prose(
            f"{found:,} of {rows:,} {verb} in the training part too: {places}; the first is like {like}",
            f"{rows:,} 行里有 {found:,} 行也在训练集里：{places.zh}；其中第一行与 {like.zh}相同或相近",
        )
        return self._rule.found(text, hint=_HINT)

    def _leaks(self) -> dict[str, _Leak]:
        like = self._same_questions()
        for cluster in self._texts.clusters():
            train = next((number for number in cluster if self._side(number) == "train"), None)
            if train is not None:
                for number in cluster:
                    if self._side(number) == "held_out":
                        like.setdefault(number, train)
        found: dict[str, _Leak] = {}
        for number in sorted(like):
            found.setdefault(self._places[number].file, _Leak([], like[number])).rows.append(number)
        return found

    def _same_questions(self) -> dict[int, int]:
        """Held-out rows with the first training row of the same question and tools."""
        train: dict[int, int] = {}
        wanted = {self._prompts[number] for number in self._numbers("held_out")} - {0}
        for number in self._numbers("train"):
            if self._prompts[number] in wanted:
                train.setdefault(self._prompts[number], number)
        return {
            number: train[self._prompts[number]]
            for number in self._numbers("held_out")
            if self._prompts[number] in train
        }

    def _numbers(self, side: Side) -> Iterator[int]:
        for file, numbers in self._places.by_file():
            if side_of(file) == side:
                yield from numbers

    def _side(self, number: int) -> Side | None:
        return side_of(self._places[number].file)


_HINT = Prose(
    "split again with equal and nearly equal rows on one side, or drop them from the training part",
    "重新划分，把相同和相近的行放在同一边，或从训练集里删掉",
)
