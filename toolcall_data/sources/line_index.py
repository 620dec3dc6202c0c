"""Writes where the lines of a file end; run by itself as a child process, so that a large file never stops the caller.

    python -I -S line_index.py FILE START OUT

OUT grows by native 64-bit integers, one a line: the offset of its end, or its complement `~end` for a blank line.
Imports nothing but the standard library, and little of that: the process must start at once.
"""

from __future__ import annotations

import sys
from array import array

FIRST_BLOCK = 64
LAST_BLOCK = 65536


def write_index(path: str, start: int, out: str) -> None:
    """Append the line ends of `path` from byte `start` on to `out`, in blocks that grow: first few, then many."""
    ends, end, block = array("q"), start, FIRST_BLOCK
    append = ends.append
    with open(path, "rb", buffering=1 << 20) as lines, open(out, "wb", buffering=0) as found:
        lines.seek(start)
        for line in lines:
            end += len(line)
            append(~end if line.isspace() else end)
            if len(ends) == block:
                found.write(ends)
                del ends[:]
                block = min(block * 4, LAST_BLOCK)
        found.write(ends)


if __name__ == "__main__":
    write_index(sys.argv[1], int(sys.argv[2]), sys.argv[3])
