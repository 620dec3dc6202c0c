"""What must be known of LLaMA-Factory's chat templates: read from its source without running it, or from a record.

Source: LLaMA-Factory 0.9.5, data/template.py, every `register_template(...)`.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson

from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean

RECORDED = "0.9.5"
"""The version of LLaMA-Factory whose templates are recorded beside this module."""

RECORD = Path(__file__).with_name(f"templates-{RECORDED}.json")


@dataclass(frozen=True, slots=True)
class Template:
    """One chat template.

    `calls` and `tools` name the tool formats that print calls and tool lists; `tools` is None where the text of the
    list is pasted as it is. The family that `folds_system` puts the system prompt into the first user turn and hands
    no words to the printing of calls. `has_default_system`: a prompt of its own stands in for a missing one;
    `wraps_system`: something is printed around an empty system prompt; `wraps_results`: Qwen's result tags stand
    around an observation; `fills_index`: a literal `{{idx}}` in a user turn becomes the turn's number. `plugin` is
    the multimodal one, `base` for text; `media` is what it takes.
    """

    name: str
    calls: str = "default"
    tools: str | None = "default"
    thought_words: tuple[str, str] = ("<think>\n", "\n</think>\n\n")
    call_words: tuple[str, str] = ("<tool_call>", "</tool_call>")
    folds_system: bool = False
    is_reasoning: bool = False
    has_default_system: bool = False
    efficient_eos: bool = False
    wraps_system: bool = False
    wraps_results: bool = False
    fills_index: bool = True
    plugin: str = "base"
    media: tuple[str, ...] = ()

    @property
    def counts_media(self) -> bool:
        """Whether `<image>`, `<video>` and `<audio>` in a text must be as many as the row's files."""
        return self.plugin != "base"


def template_named(name: str, package: Path | None = None) -> Template:
    """The template with this name.

    Raises:
        UsageError: LLaMA-Factory has none of this name.
    """
    known = templates(package)
    if name not in known:
        hint = did_you_mean(name, known) or f"it has {len(known)}, among them qwen3, qwen3_nothink, llama3, glm4"
        raise UsageError(f"LLaMA-Factory has no template `{name}`", hint=hint)
    return known[name]


@dataclass(frozen=True, slots=True)
class Target:
    """A trainer that rows are judged for: its template, and how many tokens of a row it keeps where that is known."""

    template: Template
    cutoff_len: int | None = None


def target_of(target: str, cutoff_len: int | None = None) -> Target | None:
    """The target that is written `llamafactory` or `llamafactory:TEMPLATE`; None for `none`.

    Raises:
        UsageError: it is no such target, or LLaMA-Factory has no such template.
    """
    trainer, _, name = target.partition(":")
    if trainer == "none" and not name:
        return None
    if trainer != TRAINER:
        hint = did_you_mean(trainer, [TRAINER, "none"]) or f"{TRAINER}, {TRAINER}:TEMPLATE, or none"
        raise UsageError(f"no target named `{target}`", hint=hint)
    return Target(template_named(name or USUAL), cutoff_len)


TRAINER = "llamafactory"
USUAL = "qwen3"
"""The template that is taken where nothing is said."""


@lru_cache(maxsize=4)
def templates(package: Path | None = None) -> Mapping[str, Template]:
    """All templates by name, of the package folder, of the installed LLaMA-Factory, or as recorded of 0.9.5.

    Reading the source takes a tenth of a second, so the record is used where it was made of the very same source.
    """
    package = package or installed_package()
    if package is None:
        return recorded()[1]
    source = (package / "data" / "template.py").read_bytes()
    digest, found = recorded()
    return found if hashlib.sha256(source).hexdigest() == digest else read_source(source.decode())


def installed_package() -> Path | None:
    """The folder of this environment's LLaMA-Factory, which is not imported; None where it has none."""
    spec = importlib.util.find_spec("llamafactory")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    return folder if (folder / "data" / "template.py").is_file() else None


@cache
def recorded() -> tuple[str, Mapping[str, Template]]:
    """The digest of the recorded source, and its templates by name."""
    record = orjson.loads(RECORD.read_bytes())
    return record["sha256"], {item["name"]: _of_json(item) for item in record["templates"]}


def _of_json(item: Mapping[str, Any]) -> Template:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}
    return Template(**values)


def to_json(template: Template) -> dict[str, Any]:
    """A template as it is recorded: the name, and what is not as in most templates."""
    plain = Template(template.name)
    values = {field.name: getattr(template, field.name) for field in fields(Template)}
    return {name: value for name, value in values.items() if name == "name" or value != getattr(plain, name)}


def read_source(source: str) -> dict[str, Template]:
    """The templates that a `data/template.py` registers, by name."""
    tree = ast.parse(source)
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    bases = {node.name: [ast.unparse(base) for base in node.bases] for node in classes}
    found = (_template(_words(call), bases) for call in _registrations(tree))
    return {template.name: template for template in found if template is not None}


def _registrations(tree: ast.Module) -> Iterator[ast.Call]:
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "register_template":
            yield call


def _words(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments of a call by keyword; the first positional one is the name."""
    given = {word.arg: word.value for word in call.keywords if word.arg}
    return {"name": call.args[0], **given} if call.args else given


def _template(given: Mapping[str, ast.expr], bases: Mapping[str, list[str]]) -> Template | None:
    name = _literal(given.get("name"), None)
    if not isinstance(name, str):
        return None
    family = set(_family(ast.unparse(given["template_class"]), bases)) if "template_class" in given else set()
    plugin, media = _plugin(given.get("mm_plugin"))
    user = _slots(given.get("format_user"))
    plain = Template(name)
    return Template(
        name,
        calls=_tool_format(given.get("format_function")),
        tools=_tool_format(given.get("format_tools")) if _pastes_no_text(given.get("format_tools")) else None,
        thought_words=_literal(given.get("thought_words"), None) or plain.thought_words,
        call_words=_literal(given.get("tool_call_words"), None) or plain.call_words,
        folds_system="Llama2Template" in family,
        is_reasoning="ReasoningTemplate" in family,
        has_default_system=bool(_literal(given.get("default_system"), "")),
        efficient_eos=_literal(given.get("efficient_eos"), False),
        wraps_system=any(slot != "{{content}}" for slot in _slots(given.get("format_system"))),
        wraps_results="<tool_response>\n{{content}}\n</tool_response>"
        in "".join(slot for slot in _slots(given.get("format_observation")) if isinstance(slot, str)),
        fills_index="Llama2Template" not in family and not any("{{idx}}" in str(slot) for slot in user),
        plugin=plugin,
        media=media,
    )


def _family(name: str, bases: Mapping[str, list[str]]) -> Iterator[str]:
    """A class and those it inherits from."""
    yield name
    for base in bases.get(name, ()):
        yield from _family(base, bases)


def _pastes_no_text(node: ast.expr | None) -> bool:
    return not (isinstance(node, ast.Call) and ast.unparse(node.func) == "StringFormatter")


def _tool_format(node: ast.expr | None) -> str:
    if not isinstance(node, ast.Call):
        return "default"
    found = _literal(_words(node).get("tool_format"), "default")
    return str(found)


def _slots(node: ast.expr | None) -> list[Any]:
    """The slots of a formatter; a formatter that is not given prints the content alone."""
    if not isinstance(node, ast.Call):
        return ["{{content}}"]
    listed = _words(node).get("slots")
    return [_literal(item, "") for item in listed.elts] if isinstance(listed, ast.List) else ["{{content}}"]


def _plugin(node: ast.expr | None) -> tuple[str, tuple[str, ...]]:
    if not isinstance(node, ast.Call):
        return "base", ()
    given = _words(node)
    media = tuple(kind for kind in ("image", "video", "audio") if _literal(given.get(f"{kind}_token"), None))
    return str(_literal(given.get("name"), "base")), media


def _literal(node: ast.expr | None, otherwise: Any) -> Any:
    if node is None:
        return otherwise
    try:
        return ast.literal_eval(node)
    except ValueError:
        return otherwise


def record_of(source: bytes, found: Iterable[Template]) -> bytes:
    """The text of a record: one template a line."""
    lines = ",\n".join(orjson.dumps(to_json(template)).decode() for template in found)
    digest = hashlib.sha256(source).hexdigest()
    return f'{{"version": "{RECORDED}", "sha256": "{digest}", "templates": [\n{lines}\n]}}\n'.encode()
