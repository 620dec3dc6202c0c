"""Writes the record of the installed LLaMA-Factory's templates: `python -m toolcall_data.target.record`."""

from __future__ import annotations

import sys

from toolcall_data.atomic import write_whole
from toolcall_data.target.templates import RECORD, installed_package, read_source, record_of


def main() -> int:
    """Write the record; 1 where no LLaMA-Factory is installed."""
    package = installed_package()
    if package is None:
        print("no LLaMA-Factory is installed in this environment", file=sys.stderr)
        return 1
    source = (package / "data" / "template.py").read_bytes()
    found = read_source(source.decode())
    write_whole(RECORD, record_of(source, found.values()))
    print(f"{RECORD}: {len(found)} templates")
    return 0


if __name__ == "__main__":
    sys.exit(main())
