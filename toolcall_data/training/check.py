"""Refuses trainer options that LLaMA-Factory would only choke on half a minute later, or not notice at all.

LLaMA-Factory 0.9.5 refuses unknown names after 9 seconds of imports, and checks neither types nor choices: a
`cutoff_len: abc` fails while tokenising, a quoted `"false"` counts as true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from toolcall_data.errors import RecipeError
from toolcall_data.nearest import did_you_mean
from toolcall_data.training.options import Option, options, template_names
from toolcall_data.training.trainer import Trainer

PlaceOf = Callable[[str], str | None]
"""The `file:line` of an option in the recipe, None when unknown."""

REMOVED = {
    "evaluation_strategy": "transformers renamed it: use `eval_strategy`",
    "save_safetensors": "transformers 5 always saves safetensors: leave it out",
    "group_by_length": "transformers 5 renamed it: use `train_sampling_strategy: group_by_length`",
    "no_cuda": "transformers renamed it: use `use_cpu`",
    "per_gpu_train_batch_size": "transformers renamed it: use `per_device_train_batch_size`",
    "lora_r": "LLaMA-Factory calls it `lora_rank`",
    "epochs": "LLaMA-Factory calls it `num_train_epochs`",
    "batch_size": "LLaMA-Factory calls it `per_device_train_batch_size`",
    "lr": "LLaMA-Factory calls it `learning_rate`",
    "max_length": "for training, LLaMA-Factory calls it `cutoff_len` (tokens)",
    "max_seq_length": "LLaMA-Factory calls it `cutoff_len` (tokens)",
}
"""What to write instead of a name that people bring from elsewhere or from an older version."""

_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "list": "a list",
    "dict": "a mapping",
    "none": "null",
}


def nowhere(name: str) -> str | None:
    """The `PlaceOf` of options that stand in no file."""
    return None


def check_options(given: Mapping[str, Any], trainer: Trainer, *, place_of: PlaceOf = nowhere) -> dict[str, Any]:
    """The options in the given order, with values that YAML leaves ambiguous brought to the type meant.

    "1e-4" -> 1e-4, "yes" -> true for a switch, 8.0 -> 8 for a whole number, [a, b] -> "a,b" where LLaMA-Factory
    splits text at commas.

    Raises:
        RecipeError: a name that this LLaMA-Factory does not know, a wrong type or a value outside its choices.
    """
    known = options(trainer)
    for name in given:
        if name not in known:
            raise _unknown(name, known, trainer, place_of(name))
    return {name: _checked(known[name], value, place_of(name)) for name, value in given.items()}


def check_template(name: str, trainer: Trainer, *, place: str | None = None) -> None:
    """Does nothing when this LLaMA-Factory has the chat template `name`.

    Raises:
        RecipeError: it has not.
    """
    names = template_names(trainer.package)
    if names and name not in names:
        raise RecipeError(
            f"train.template: LLaMA-Factory {trainer.version} has no template `{name}`",
            place=place,
            hint=did_you_mean(name, names) or f"it has {len(names)}, among them qwen3, qwen3_nothink, llama3, glm4",
        )


def _unknown(name: str, known: Mapping[str, Option], trainer: Trainer, place: str | None) -> RecipeError:
    return RecipeError(
        f"train.options.{name}: LLaMA-Factory {trainer.version} with transformers {trainer.transformers_version} "
        f"knows no option `{name}`",
        place=place,
        hint=REMOVED.get(name) or did_you_mean(name, known) or f"`{name}` is close to none of its {len(known)} options",
    )


def _checked(option: Option, value: Any, place: str | None) -> Any:
    value = _coerced(option, _plain(value))
    if option.choices and not _is_one_of(value, option.choices) and not (value is None and "none" in option.kinds):
        raise RecipeError(
            f"train.options.{option.name}: {_shown(value)} is not one of {', '.join(map(str, option.choices))}",
            place=place,
            hint=did_you_mean(str(value), map(str, option.choices)) or None,
        )
    if "any" in option.kinds or _kind(value) in option.kinds or (_kind(value) == "int" and "float" in option.kinds):
        return value
    wanted = sorted(_WORDS[kind] for kind in option.kinds)
    raise RecipeError(
        f"train.options.{option.name}: {_shown(value)} should be {' or '.join(wanted)}",
        place=place,
        hint=option.help or None,
    )


def _coerced(option: Option, value: Any) -> Any:
    kinds = option.kinds
    if isinstance(value, str) and "str" not in kinds:
        return _from_text(value, kinds)
    if isinstance(value, float) and "float" not in kinds and "int" in kinds and value.is_integer():
        return int(value)
    if isinstance(value, list) and option.is_comma_list and not any(isinstance(one, list | dict) for one in value):
        return ",".join(map(str, value))
    # YAML reads an unquoted `off` or `no` as false (1.1); `eval_strategy: no` means the word.
    if value is False and option.choices and "no" in option.choices:
        return "no"
    if isinstance(value, int | float) and not isinstance(value, bool) and kinds <= {"str", "none"}:
        return str(value)
    return value


def _from_text(text: str, kinds: frozenset[str]) -> Any:
    word = text.strip().lower()
    if "bool" in kinds and word in _TRUE | _FALSE:
        return word in _TRUE
    for kind, read in (("int", int), ("float", float)):
        if kind in kinds:
            try:
                number = read(word)
            except ValueError:
                continue
            return number
    if kinds & {"int", "none"} == {"int", "none"} and word in {"null", "none", "~"}:
        return None
    return text


def _is_one_of(value: Any, choices: tuple[object, ...]) -> bool:
    return any(value == choice and type(value) is type(choice) for choice in choices)


def _kind(value: Any) -> str:
    if value is None:
        return "none"
    return next((kind.__name__ for kind in (bool, int, float, str, list, dict) if isinstance(value, kind)), "unknown")


def _plain(value: Any) -> Any:
    """The value in Python's own types: YAML readers that keep places and formats have subclasses of them."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    return next((kind(value) for kind in (int, float, str) if isinstance(value, kind)), value)


def _shown(value: Any) -> str:
    return "null" if value is None else f"`{value}`"
