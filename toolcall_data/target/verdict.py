"""What LLaMA-Factory would do with a row: the answer to `verdict`, and `Verdicts` for the rows of a file."""

from __future__ import annotations

from collections.abc import Mapping

from toolcall_data.conversation.json_text import kind_of
from toolcall_data.conversation.model import JSON, Conversation
from toolcall_data.prose import Prose
from toolcall_data.target.convert import convert
from toolcall_data.target.outcome import TRAINS, EndedError, Outcome, aborts
from toolcall_data.target.plain import is_plain
from toolcall_data.target.registration import Registration
from toolcall_data.target.render import render
from toolcall_data.target.templates import Template


def verdict(row: JSON, registration: Registration, template: Template) -> Outcome:
    """What becomes of one row among well-formed rows of its file; of several alterations, the first.

    `row` is the decoded JSON value as it stands in the file. Null is a row in which every column is null.
    """
    if row is None:
        row = {}
    if not isinstance(row, Mapping):
        kind = kind_of(row)
        cause = Prose(f"a row is an object, this is {kind}", f"一行应是对象，这里是 {kind}")
        return aborts(ValueError("An error occurred while generating the dataset"), cause)
    try:
        converted = convert(row, registration)
        printed = render(converted, template)
    except EndedError as ended:
        return ended.outcome
    except RecursionError as error:
        return aborts(error, Prose("a value is nested too deeply", "有一个值嵌套过深"))
    return next(iter((*converted.altered, *printed)), TRAINS)


class Verdicts:
    """The verdicts on the rows of one file, and at its end the verdict on the file as a whole."""

    def __init__(self, registration: Registration, template: Template) -> None:
        self.registration = registration
        self.template = template
        self.rows = self.dropped = 0
        self._unseen = dict(registration.columns)
        self._unseen_tags = set() if registration.formatting == "alpaca" else {"role_tag", "content_tag"}

    def of(self, row: JSON, conversation: Conversation | None = None) -> Outcome:
        """The verdict on the next row.

        `conversation` is the row as read by the format with the same columns and tags, where it has been read anyway:
        calls and tools that were decoded for it need not be decoded again.
        """
        self.rows += 1
        if self._unseen or self._unseen_tags:
            self._look(row)
        if conversation is not None and is_plain(conversation, row, self.registration, self.template):
            return TRAINS
        found = verdict(row, self.registration, self.template)
        self.dropped += found.kind == "drops"
        return found

    def _look(self, row: JSON) -> None:
        """Note which columns and keys of messages the file has."""
        if not isinstance(row, Mapping):
            return
        self._unseen = {name: column for name, column in self._unseen.items() if column not in row}
        messages = row.get(self.registration.messages or "") if self._unseen_tags else None
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, Mapping):
                self._unseen_tags -= {tag for tag in self._unseen_tags if getattr(self.registration, tag) in message}

    def whole(self) -> Outcome | None:
        """What keeps the file as a whole from being trained on although its rows could be; usually None.

        Said of a file that is a dataset by itself: the files of a folder share their columns.
        """
        if not self.rows:
            return None
        for name, column in self._unseen.items():
            return aborts(KeyError(column), _no_column(name, column))
        if self.dropped < self.rows:
            return None
        for name in sorted(self._unseen_tags, reverse=True):
            if tag := getattr(self.registration, name):
                return aborts(KeyError(tag), _no_key(name, tag))
        error = RuntimeError("Cannot find valid samples, check `data/README.md` for the data format.")
        return aborts(error, Prose("every row of the file is dropped", "文件的每一行都被丢弃"))


def _no_column(name: str, column: str) -> Prose:
    return Prose(
        f"no row has the column `{column}` that the entry names as `{name}`",
        f"没有任何一行有条目指定为 `{name}` 的列 `{column}`",
    )


def _no_key(name: str, key: str) -> Prose:
    return Prose(
        f"no message has the key `{key}` that the entry names as `{name}`",
        f"没有任何一条消息有条目指定为 `{name}` 的键 `{key}`",
    )
