"""The options that the installed LLaMA-Factory accepts, read from its source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from toolcall_data.errors import TrainerError
from toolcall_data.target.templates import templates
from toolcall_data.training.trainer import Trainer

ROOTS = ("ModelArguments", "DataArguments", "TrainingArguments", "FinetuningArguments", "GeneratingArguments")
"""The dataclasses that `llamafactory-cli train` fills from its YAML."""

Kind = str
"""What YAML can hold: `bool`, `int`, `float`, `str`, `list`, `dict`, `none`, or `any` where the source is no help."""

_NAMED_KINDS = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "list": "list",
    "List": "list",
    "tuple": "list",
    "dict": "dict",
    "Dict": "dict",
    "None": "none",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `kinds` it takes, `choices` where only these are valid, the `group` (dataclass) that declares it.

    `default` is the literal default, or the source text of the expression that makes it.
    """

    name: str
    annotation: str
    kinds: frozenset[Kind]
    default: object
    choices: tuple[object, ...]
    help: str
    group: str

    @property
    def is_comma_list(self) -> bool:
        """Whether LLaMA-Factory splits the text at its commas, so that a YAML list means the same."""
        return "str" in self.kinds and "list" not in self.kinds and "comma" in self.help.lower()


def options(trainer: Trainer) -> Mapping[str, Option]:
    """Every option by name.

    Raises:
        TrainerError: the installed version is laid out differently.
    """
    found = _read(trainer.package, trainer.transformers)
    if len(found) < 100:
        raise TrainerError(
            f"the options of LLaMA-Factory {trainer.version} could not be read from {trainer.package}",
            hint="install a supported version: pip install 'llamafactory>=0.9.5,<0.10'",
        )
    return found


def template_names(package: Path) -> tuple[str, ...]:
    """The names that `template` accepts, sorted."""
    return tuple(sorted(templates(package)))


@lru_cache(maxsize=4)
def _read(package: Path, transformers: Path) -> Mapping[str, Option]:
    theirs = _Source(
        [transformers / name for name in ("trainer_utils.py", "training_args.py", "training_args_seq2seq.py")]
    )
    files = [*sorted((package / "hparams").glob("*_args.py")), package / "extras" / "constants.py"]
    source = _Source(files, outer=theirs)
    found: dict[str, Option] = {}
    for root in ROOTS:
        for option in source.fields(root):
            found.setdefault(option.name, option)
    return found


class _Source:
    """The classes of some files of one package; names that they import are looked up in the `outer` package.

    Two scopes are needed because LLaMA-Factory's `TrainingArguments` inherits from a class of the same name.
    """

    def __init__(self, files: Sequence[Path], outer: _Source | None = None) -> None:
        self.outer = outer
        self.classes: dict[str, ast.ClassDef] = {}
        self.aliases: dict[str, str] = {}
        for file in files:
            if file.is_file():
                self._add(ast.parse(file.read_text(encoding="utf-8")))

    def _add(self, tree: ast.Module) -> None:
        for node in _statements(tree.body):
            if isinstance(node, ast.ClassDef):
                self.classes.setdefault(node.name, node)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
                # `BaseTrainingArguments = ...` is assigned in both branches of an `if`; the plain one comes last.
                self.aliases |= {name.id: node.value.id for name in node.targets if isinstance(name, ast.Name)}

    def fields(self, name: str) -> Iterator[Option]:
        """The fields of a dataclass that its constructor takes, its own before those of its bases."""
        name = self.aliases.get(name, name)
        definition = self.classes.get(name)
        if definition is None:
            yield from self.outer.fields(name) if self.outer else ()
            return
        for node in definition.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not _is_excluded(node):
                yield self._option(node.target.id, node, definition.name)
        for base in definition.bases:
            yield from self.fields(ast.unparse(base))

    def _option(self, name: str, node: ast.AnnAssign, group: str) -> Option:
        default, metadata = _field(node.value)
        kinds, choices = self._accepted(node.annotation)
        return Option(
            name=name,
            annotation=ast.unparse(node.annotation),
            kinds=frozenset(kinds | ({"none"} if default is None else set())),
            default=default,
            choices=tuple(choices),
            help=" ".join(str(metadata.get("help", "")).split()),
            group=group,
        )

    def _accepted(self, annotation: ast.expr) -> tuple[set[Kind], list[object]]:
        kinds: set[Kind] = set()
        literals: list[object] = []
        members: list[object] = []
        for part in _union(annotation):
            name = _head(part)
            if name == "Literal" and isinstance(part, ast.Subscript):
                literals += [node.value for node in _elements(part.slice) if isinstance(node, ast.Constant)]
            elif enumeration := self._members(name):
                members += enumeration
            else:
                kinds.add(_NAMED_KINDS.get(name, "any"))
        if members:  # `SchedulerType | str`: transformers turns the text into the enumeration, or fails
            return {"str"} | (kinds & {"none"}), members
        if not kinds - {"none"}:
            return kinds | {_kind(value) for value in literals}, literals
        return kinds | {_kind(value) for value in literals}, []

    def _members(self, name: str) -> list[object]:
        definition = self.classes.get(name)
        if definition is None:
            return self.outer._members(name) if self.outer else []
        if not any("Enum" in ast.unparse(base) for base in definition.bases):
            return []
        values = (node.value for node in definition.body if isinstance(node, ast.Assign))
        return [value.value for value in values if isinstance(value, ast.Constant)]


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those inside `if` and `else` too."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from _statements([*node.body, *node.orelse])


def _is_excluded(node: ast.AnnAssign) -> bool:
    if "ClassVar" in ast.unparse(node.annotation):
        return True
    keywords = node.value.keywords if isinstance(node.value, ast.Call) else []
    return any(word.arg == "init" and _literal(word.value) is False for word in keywords)


def _field(value: ast.expr | None) -> tuple[object, dict[str, object]]:
    """The default and the metadata of `field(...)`, or of a plain default."""
    if not (isinstance(value, ast.Call) and _head(value.func) == "field"):
        return (_literal(value) if value is not None else "required"), {}
    words = {word.arg: word.value for word in value.keywords if word.arg}
    default = words.get("default") or words.get("default_factory")
    return (_literal(default) if default is not None else "required"), _metadata(words.get("metadata"))


def _metadata(node: ast.expr | None) -> dict[str, object]:
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {str(key.value): _literal(value) for key, value in pairs if isinstance(key, ast.Constant)}


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def _union(annotation: ast.expr) -> Iterator[ast.expr]:
    """The members of `X | Y`, `Union[X, Y]` and `Optional[X]`."""
    if isinstance(annotation, ast.BinOp):
        yield from _union(annotation.left)
        yield from _union(annotation.right)
    elif isinstance(annotation, ast.Subscript) and _head(annotation) in {"Optional", "Union"}:
        for part in _elements(annotation.slice):
            yield from _union(part)
        if _head(annotation) == "Optional":
            yield ast.Constant(None)
    elif isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        yield from _union(ast.parse(annotation.value, mode="eval").body)
    else:
        yield annotation


def _elements(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _head(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return _head(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return ast.unparse(node)


def _kind(value: object) -> Kind:
    return "none" if value is None else type(value).__name__
