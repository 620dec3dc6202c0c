"""All findings and counts as one JSON object."""

from __future__ import annotations

from toolcall_data.prose import Prose
from toolcall_data.report.finding_json import counts_object, encoded, finding_objects, head_object
from toolcall_data.report.output import Counts, Found, Look, Output, Sink


class OneObject(Output):
    """Written as it grows: findings first, then the counts that are known at the end."""

    name = "json"
    title = Prose("one JSON object", "一个 JSON 对象")

    def __init__(self, out: Sink, look: Look) -> None:
        super().__init__(out, look)
        self._border = "\n"
        out.write(encoded(head_object())[:-1] + ',"findings":[')

    def add(self, found: Found) -> None:
        if self.look.only_counts:
            return
        for item in finding_objects(found, self.look):
            self.out.write(self._border + encoded(item))
            self._border = ",\n"

    def end(self, counts: Counts) -> None:
        self.out.write("],\n" + encoded(counts_object(counts))[1:] + "\n")
