"""A torchaudio that can be imported and not used.

LLaMA-Factory 0.9.5 imports torchaudio at the top of `data/mm_plugin.py`, also when it trains on text only, and calls
it for sound only.
"""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NoReturn

REASON = (
    "{name} was used, but torchaudio is missing or broken in this environment and only a stand-in for text-only "
    "training is in its place. Training on sound needs a torchaudio that fits the installed torch."
)


class Unusable:
    """Any attribute of the stand-in: named and passed on freely, an error as soon as it is called."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, attribute: str) -> Unusable:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Unusable(f"{self.name}.{attribute}")

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        raise RuntimeError(REASON.format(name=self.name))


class StandIn(ModuleType):
    """The module itself. Python asks modules for many `__x__` names, which must stay absent."""

    __version__ = "0.0.0"

    def __getattr__(self, attribute: str) -> Unusable:
        if attribute.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {attribute!r}")
        return Unusable(f"{self.__name__}.{attribute}")


MODULE = StandIn("torchaudio", __doc__)
# importlib.util.find_spec raises ValueError for a loaded module without a spec.
MODULE.__spec__ = ModuleSpec("torchaudio", None, origin=__file__)
