"""tcdata: check, curate and mix tool-calling data for LLMs, and train on it with LLaMA-Factory.

    import toolcall_data as tc

    for conversation in tc.open_file("train.jsonl").conversations():
        for finding in tc.Checker().check(conversation):
            print(finding.file, finding.line, finding.name, finding.message)

The names below are the public surface; each is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolcall_data.version import __version__

if TYPE_CHECKING:
    from toolcall_data.conversation.model import Assistant, Call, Conversation, Result, Tool, User
    from toolcall_data.corpus import Corpus, gather
    from toolcall_data.errors import TcdataError
    from toolcall_data.formats.base import Format, format_named
    from toolcall_data.pipeline import MixReport, run_mix
    from toolcall_data.recipe import LoadedRecipe, Recipe, read_recipe
    from toolcall_data.rules._checker import Checker
    from toolcall_data.rules._registry import rule_named
    from toolcall_data.rules.base import Finding, Rule, Severity
    from toolcall_data.sources.reader import Reading, open_file

_HOME = {
    "Assistant": "conversation.model",
    "Call": "conversation.model",
    "Checker": "rules._checker",
    "Conversation": "conversation.model",
    "Corpus": "corpus",
    "Finding": "rules.base",
    "Format": "formats.base",
    "LoadedRecipe": "recipe",
    "MixReport": "pipeline",
    "Reading": "sources.reader",
    "Recipe": "recipe",
    "Result": "conversation.model",
    "Rule": "rules.base",
    "Severity": "rules.base",
    "TcdataError": "errors",
    "Tool": "conversation.model",
    "User": "conversation.model",
    "format_named": "formats.base",
    "gather": "corpus",
    "open_file": "sources.reader",
    "read_recipe": "recipe",
    "rule_named": "rules._registry",
    "run_mix": "pipeline",
}

__all__ = [
    "Assistant",
    "Call",
    "Checker",
    "Conversation",
    "Corpus",
    "Finding",
    "Format",
    "LoadedRecipe",
    "MixReport",
    "Reading",
    "Recipe",
    "Result",
    "Rule",
    "Severity",
    "TcdataError",
    "Tool",
    "User",
    "__version__",
    "format_named",
    "gather",
    "open_file",
    "read_recipe",
    "rule_named",
    "run_mix",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
