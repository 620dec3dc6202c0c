"""One JSON object a line."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_json import counts_object, encoded, finding_objects, head_object
from toolcall_data.report.output import Counts, Found, Look, Output, Sink


class Lines(Output):
    """A line a finding, between a header and a summary."""

    name = "jsonl"
    title = Prose("one JSON object a line, as they are found", "每行一个 JSON 对象，边查边写")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        out.write(encoded({"type": "header", **head_object()}) + "\n")

    def add(self, found: Found) -> None:
        if not self.look.only_counts:
            self.out.writelines(
                encoded({"type": "finding", **item}) + "\n" for item in finding_objects(found, self.look)
            )

    def end(self, counts: Counts) -> None:
        self.out.write(encoded({"type": "summary", **counts_object(counts)}) + "\n")
