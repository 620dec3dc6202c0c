"""What one input meets: every stage that a row of a user's file may go through, and what must hold on the way."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fuzz.dice import Dice
from tests.fuzz.inputs import Input
from tests.target import defects
from toolcall_data.baseline import Baseline
from toolcall_data.conversation.canonical import from_json, to_json
from toolcall_data.conversation.measures import measure
from toolcall_data.conversation.model import Conversation, Origin
from toolcall_data.conversion import Conversion, Options, _Run, convert
from toolcall_data.errors import TcdataError
from toolcall_data.formats.base import Format, formats, recognise
from toolcall_data.report.output import Look, outputs
from toolcall_data.rules._checker import Checker
from toolcall_data.rules._mending import ALL, SAFE, Plain, mend
from toolcall_data.rules._registry import rules
from toolcall_data.rules._tallies import Tallies, concerned
from toolcall_data.rules.base import Finding
from toolcall_data.sources.pieces import can_be_cut, pieces
from toolcall_data.sources.reader import conversations_of, open_file, read_piece
from toolcall_data.sources.rows import RawRow, row_of_line
from toolcall_data.sources.sink import encoded
from toolcall_data.stages.export import ExportSettings, row_of, trainable
from toolcall_data.target.registration import registered, registration_for
from toolcall_data.target.templates import recorded
from toolcall_data.target.verdict import Verdicts, verdict
from toolcall_data.validation import FileVerdict, Validation

_WRITABLE = tuple(name for name, found in formats().items() if found.is_writable)
_NAMES = tuple(formats())
_OUTPUTS = tuple(outputs())
_TEMPLATES = tuple(recorded()[1])
_ENTRIES: tuple[dict[str, Any], ...] = (
    defects.SHAREGPT,
    defects.ALPACA,
    defects.OPENAI,
    {"formatting": "sharegpt"},
    {},
)
_FIXABLE = tuple(rule for rule in rules() if rule.applicability is not None)


class Trial:
    """Puts inputs to the test, one at a time; `doing` is the step at hand and `reached` counts what was reached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checker = Checker()
        self.tallies = Tallies(concerned(rules(), ["any.jsonl"]))
        self.doing = ""
        self.reached: Counter[str] = Counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        before, self.doing = self.doing, name
        self.reached[name] += 1
        yield
        self.doing = before

    def meet(self, given: Input, dice: Dice) -> None:
        """Take an input through the stages, the formats and targets drawn.

        Raises:
            AssertionError: what must hold does not; anything else is a fault as well.
        """
        if given.kind == "file":
            self._file(given.data, dice)
        else:
            self._row(given.data, dice)

    def _file(self, data: bytes, dice: Dice) -> None:
        path = str(self.folder / "any.jsonl")
        Path(path).write_bytes(data)
        chosen = dice.one_of(_NAMES) if dice.chance(0.3) else None
        try:
            with self.step("open file"):
                reading = open_file(path, chosen)
                found = list(reading.conversations())
        except TcdataError as error:
            self.reached[f"refused {error.code}"] += 1
            return
        for conversation in found[:12]:
            self._conversation(conversation, reading.format, dice)
        if dice.chance(0.2):
            self._in_pieces(path, reading.format, found)
        if dice.chance(0.1):
            with self.step("convert file"):
                self._converted(path, dice)

    def _in_pieces(self, path: str, chosen: Format, whole: list[Conversation]) -> None:
        with self.step("read in pieces"):
            if can_be_cut(path):
                again = [each for piece in pieces(path, 300) for _, each in read_piece(path, piece, chosen)]
                assert repr(again) == repr(whole), "pieces are read as the whole is"

    def _converted(self, path: str, dice: Dice) -> None:
        target = formats()[dice.one_of(_WRITABLE)]()
        output, report = self.folder / "out.jsonl", self.folder / "loss.jsonl"
        try:
            result = convert(path, str(output), target, loss_report=report, force=True)
        except TcdataError:
            return
        assert result.read == result.written + result.refused_rows + result.unreadable.rows
        assert len(output.read_bytes().splitlines()) == result.written

    def _row(self, line: bytes, dice: Dice) -> None:
        with self.step("read line"):
            raw = row_of_line(0, 1, line)
        if raw.problem is not None:
            self.reached[f"unread: {raw.problem.kind}"] += 1
        with self.step("recognise"):
            found = recognise([raw.value])
        own = found.name if found is not None else "sharegpt"
        for number, name in enumerate(dict.fromkeys([own, dice.one_of(_NAMES)])):
            chosen = formats()[name]()
            with self.step(f"read {name}"):
                conversations = list(conversations_of(raw, chosen, "any.jsonl"))
            for conversation in conversations[:4]:
                self._conversation(conversation, chosen, dice, raw=raw, is_other=number > 0)

    def _conversation(
        self,
        conversation: Conversation,
        chosen: Format,
        dice: Dice,
        *,
        raw: RawRow | None = None,
        is_other: bool = False,
    ) -> None:
        with self.step("check"):
            findings = self.checker.check(conversation)
        for finding in findings:
            self.reached[f"finds {finding.name}"] += 1
        self._reports(conversation, findings, dice)
        if not conversation.is_readable:
            return
        with self.step("tally"):
            self.tallies.add(conversation)
        self._fixes(conversation, findings, chosen, dice)
        if raw is not None and dice.chance(0.4 if is_other else 0.7):
            self._verdicts(raw.value, conversation, chosen, dice)
        for name in dict.fromkeys([dice.one_of(_WRITABLE), *([chosen.name] if dice.chance(0.3) else [])]):
            if name in _WRITABLE:
                self._write(conversation, formats()[name](), dice)
        if dice.chance(0.3):
            self._stored(conversation, dice)

    def _reports(self, conversation: Conversation, findings: list[Finding], dice: Dice) -> None:
        if not findings or dice.chance(0.5):
            return
        with self.step("baseline"):
            Baseline().add(conversation, findings)
        for name in dict.fromkeys([dice.one_of(_OUTPUTS), dice.one_of(_OUTPUTS)]):
            with self.step(f"report {name}"):
                self._report(name, conversation, findings, dice)

    def _report(self, name: str, conversation: Conversation, findings: list[Finding], dice: Dice) -> None:
        out = io.StringIO()
        report = outputs()[name](out, Look(language="zh" if dice.chance(0.3) else "en"))
        report.add((conversation, findings))
        counts = Validation(files=[FileVerdict("any.jsonl", "sharegpt", "")])
        counts._count(counts.files[0], findings)
        report.end(counts)
        assert out.getvalue().encode()
        if name in ("json", "sarif", "gitlab"):
            json.loads(out.getvalue())

    def _fixes(self, conversation: Conversation, findings: list[Finding], chosen: Format, dice: Dice) -> None:
        promised = {finding.name for finding in findings if finding.fix}
        some = [rule for rule in _FIXABLE if rule.name in promised or dice.chance(0.1)]
        for rule in some:
            with self.step(f"fix {rule.name}"):
                fixed = rule.fix(conversation)
                if rule.name in promised:
                    assert fixed != conversation, "a fix that was promised changes something"
                    assert rule.fix(fixed) == fixed, "fixing twice changes nothing more"
                    assert not any(finding.fix for finding in rule.check(fixed)), "a fix leaves nothing to fix"
        if promised:
            with self.step("mend"):
                mended = mend(Plain(conversation), findings, self.checker, dice.one_of((SAFE, ALL)))
            if chosen.is_writable and mended.steps:
                self._write(mended.draft.conversation, chosen, dice)

    def _verdicts(self, row: Any, conversation: Conversation, chosen: Format, dice: Dice) -> None:
        template = recorded()[1][dice.one_of(_TEMPLATES)]
        columns = row.keys() if isinstance(row, dict) else ()
        own = registration_for(chosen.name, columns)
        with self.step("verdict"):
            outcome = verdict(row, own, template)
            self.reached[f"verdict {outcome.kind}"] += 1
            if chosen.name == "sharegpt":
                quick = Verdicts(own, template).of(row, conversation)
                assert quick.kind == outcome.kind, "the quick verdict is the slow one"
        with self.step("verdict of an entry"):
            verdicts = Verdicts(registered(dice.one_of(_ENTRIES)), template)
            verdicts.of(row)
            verdicts.whole()

    def _write(self, conversation: Conversation, target: Format, dice: Dice) -> None:
        rows: list[dict[str, Any]] = []
        losses: list[dict[str, Any]] = []
        with self.step(f"convert to {target.name}"):
            options = Options(text_calls=dice.chance(0.3))
            _Run(Conversion(), target, options, rows.append, losses.append)._row(conversation)
        for loss in losses:
            encoded(loss)
        for row in rows:
            with self.step(f"read back {target.name}"):
                line = encoded(row)
                again = row_of_line(0, 1, line)
                assert again.problem is None, f"what is written can be read: {again.problem}"
                target.read(again.value, Origin())

    def _stored(self, conversation: Conversation, dice: Dice) -> None:
        with self.step("store"):
            text = to_json(conversation, with_origin=False)
            measure(conversation, text)
            # What JSON cannot say (NaN) is stored as null, so the text itself may differ once.
            again = to_json(from_json(text), with_origin=False)
            assert to_json(from_json(again), with_origin=False) == again, "what is stored comes back"
        with self.step("export"):
            ready = trainable(conversation, ExportSettings(), recorded()[1][dice.one_of(_TEMPLATES)])
            if isinstance(ready, Conversation):
                row_of(ready)


def tallied(trial: Trial) -> Iterable[Finding]:
    """What the rules about whole inputs find in all rows that the trial has met."""
    with trial.step("findings of sets"):
        return [finding for group in trial.tallies.findings() for finding in group]
