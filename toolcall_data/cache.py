"""The folder of what can be rebuilt: `$TCDATA_CACHE_DIR`, `$XDG_CACHE_HOME/tcdata` or `~/.cache/tcdata`."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir(part: str | None = None) -> Path:
    """The cache folder, or its folder `part`; made when missing."""
    place = _root() / part if part else _root()
    place.mkdir(parents=True, exist_ok=True)
    return place


def _root() -> Path:
    if own := os.environ.get("TCDATA_CACHE_DIR"):
        return Path(own).expanduser().absolute()
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared).absolute() / "tcdata"
    return Path.home() / ".cache" / "tcdata"
