"""The ledger of a mix: what became of every row, counted by source, and the line a dropped row leaves behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import orjson

from toolcall_data.conversation.canonical import to_json
from toolcall_data.conversation.model import JSON, Conversation


@dataclass
class Tally:
    """What became of the rows of one source: `read` = `kept` + the sum of `dropped` + `unreadable`.

    `fixed` counts rows that a fix mended, by rule; `kept` are distinct rows of the mix, of which `fixed_rows` were
    mended; `train` and `eval` are rows written, repeats included.
    """

    read: int = 0
    unreadable: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    fixed: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    fixed_rows: int = 0
    train: int = 0
    eval: int = 0

    @property
    def is_balanced(self) -> bool:
        return self.read == self.kept + self.dropped.total() + self.unreadable

    def as_json(self) -> dict[str, JSON]:
        return {
            "read": self.read,
            "kept": self.kept,
            "fixed": self.fixed_rows,
            "dropped": self.dropped.total(),
            "unreadable": self.unreadable,
            "dropped_by_reason": dict(sorted(self.dropped.items())),
            "fixed_by_rule": dict(sorted(self.fixed.items())),
            "train_rows": self.train,
            "eval_rows": self.eval,
        }


def totals(tallies: dict[str, Tally]) -> dict[str, int]:
    keys = ("read", "kept", "fixed", "dropped", "unreadable", "train_rows", "eval_rows")
    each = [tally.as_json() for tally in tallies.values()]
    return {key: sum(one[key] for one in each) for key in keys}


def dropped_line(source: str, stage: str, reason: str, detail: str, conversation: Conversation) -> bytes:
    origin = conversation.origin
    line: dict[str, JSON] = {
        "source": source,
        "stage": stage,
        "reason": reason,
        "detail": detail,
        "path": origin.path,
        "row": origin.row,
        "line": origin.line,
        "conversation": orjson.Fragment(to_json(conversation, with_origin=False)),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def why_empty(tallies: dict[str, Tally]) -> str:
    reasons: Counter[str] = Counter()
    for tally in tallies.values():
        reasons.update(tally.dropped)
        reasons["unreadable"] += tally.unreadable
    worst = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(3) if count)
    return f"{sum(tally.read for tally in tallies.values())} rows were read; dropped: {worst or 'none'}"
