"""The command's entry: `--version` is answered before anything else is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `tcdata` with the process's arguments and exit."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from toolcall_data.version import __version__

        print(f"tcdata {__version__}")
        return
    from toolcall_data.cli.main import run
    from toolcall_data.cli.stops import obey_stops

    obey_stops()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
