"""Lets LLaMA-Factory train on text where torchvision or torchaudio is absent or broken.

Python imports this module at start-up wherever its folder is on PYTHONPATH, so it reaches the trainer and every
process the trainer starts (torchrun's workers, the tokenising workers of `datasets`). It must stay small, must run on
any Python from 3.10, and knows nothing of tcdata. Two environment variables say what to do:

    TCDATA_HIDE=torchvision        these packages look as if they were not installed
    TCDATA_STAND_IN=torchaudio     importing this one gives `torchaudio_stand_in`

See docs/decisions/0003-text-only-training-without-torchaudio.md.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib would cost every start of Python


def hide(package: str) -> None:
    """Makes `import package` a ModuleNotFoundError and `importlib.util.find_spec(package)` None.

    None in `sys.modules` is Python's own way to say so:
    https://docs.python.org/3/reference/import.html#the-module-cache
    """
    sys.modules[package] = None  # type: ignore[assignment]  # the type stub leaves this documented use out


def stand_in_for_torchaudio() -> None:
    """Puts `torchaudio_stand_in` in the place of torchaudio."""
    import torchaudio_stand_in  # type: ignore[import-not-found]  # found beside this file once it is on the path

    sys.modules["torchaudio"] = torchaudio_stand_in.MODULE


def run_the_next_sitecustomize() -> None:
    """Runs the sitecustomize that this one shadows, if the interpreter has one further down its path."""
    rest = [place for place in sys.path if os.path.abspath(place) != HERE]  # noqa: PTH100
    spec = PathFinder.find_spec("sitecustomize", rest)
    if spec is None or spec.loader is None:
        return
    module = type(sys)("sitecustomize")
    module.__spec__ = spec
    module.__file__ = spec.origin
    spec.loader.exec_module(module)


for name in filter(None, os.environ.get("TCDATA_HIDE", "").split(",")):
    hide(name)
if os.environ.get("TCDATA_STAND_IN") == "torchaudio":
    stand_in_for_torchaudio()
run_the_next_sitecustomize()
