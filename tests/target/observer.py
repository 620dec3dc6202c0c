"""What LLaMA-Factory itself does with rows, asked in a process of its own: `observer.py IN.json OUT.json`.

IN holds a list of cases: a `row`, its dataset_info.json `entry`, a `good` row of the same file, and `templates`. A row
goes through Arrow beside the good one, as rows of a file do; where Arrow refuses the two together (the file would not
load) it goes on as it is, its missing keys null. Then come LLaMA-Factory's converter and its supervised processor.
OUT holds per case and template `kind` (rendered, drops or aborts), `error`, and the decoded `text` and `trained` text.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from datasets import Dataset
from llamafactory.data.converter import get_dataset_converter
from llamafactory.data.parser import DatasetAttr
from llamafactory.data.processor import SupervisedDatasetProcessor
from llamafactory.data.template import get_template_and_fix_tokenizer
from llamafactory.extras.env import VERSION
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

logging.disable(logging.CRITICAL)

SETTINGS = {
    "train_on_prompt": False,
    "tool_format": None,
    "default_system": None,
    "enable_thinking": True,
    "preserve_thinking": False,
    "mask_history": False,
    "cutoff_len": 1 << 20,
    "media_dir": ".",
    "streaming": False,
}
# A processor that any multimodal plugin accepts as long as the row has no media.
IMAGES = SimpleNamespace(merge_size=2, temporal_patch_size=2)
MARKS = ("boi_token", "eoi_token", "boa_token", "eoa_token", "image_token", "video_token", "audio_token")
PROCESSOR = SimpleNamespace(
    image_processor=IMAGES, video_processor=IMAGES, feature_extractor=IMAGES, **dict.fromkeys(MARKS, "")
)


def tokenizer() -> Any:
    """One token a byte: decoding gives the very text back."""
    vocabulary = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    bytewise = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bytewise.decoder = decoders.ByteLevel()
    made: Any = PreTrainedTokenizerFast
    return made(tokenizer_object=bytewise, eos_token="<|eos|>", bos_token="<|bos|>")


def processor_of(name: str) -> SupervisedDatasetProcessor:
    settings = SimpleNamespace(**SETTINGS, template=name)
    words = tokenizer()
    template = get_template_and_fix_tokenizer(words, settings)
    parts = (template.format_prefix, template.format_system, template.format_user, template.format_observation)
    marks = [slot["token"] for part in parts for slot in part.slots if isinstance(slot, dict)]
    words.add_tokens(marks, special_tokens=True)
    return SupervisedDatasetProcessor(template=template, tokenizer=words, processor=PROCESSOR, data_args=settings)


def loaded(row: dict[str, Any], good: dict[str, Any], attributes: DatasetAttr) -> dict[str, Any]:
    try:
        return dict(Dataset.from_dict({key: [row.get(key), good.get(key)] for key in {**good, **row}})[0])
    except Exception:
        return {**dict.fromkeys(good), **{key: filled(value, attributes) for key, value in row.items()}}


def filled(value: Any, attributes: DatasetAttr) -> Any:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return value
    tags = (attributes.role_tag, attributes.content_tag)
    is_messages = any(tag in item for item in value for tag in tags)
    return [{**dict.fromkeys(tag for tag in tags if tag), **item} for item in value] if is_messages else value


def converted(case: dict[str, Any]) -> dict[str, Any]:
    attributes = DatasetAttr("file", dataset_name="rows")
    attributes.join(case["entry"])
    if attributes.ranking is True:
        raise ValueError("The dataset is not applicable in the current training stage.")
    convert = get_dataset_converter(attributes.formatting, attributes, SimpleNamespace(**SETTINGS))
    return dict(convert(loaded(case["row"], case["good"], attributes)))


def observed(example: dict[str, Any], processor: SupervisedDatasetProcessor) -> dict[str, str]:
    found = processor.preprocess_dataset({key: [value] for key, value in example.items()})
    if not found:
        return {"kind": "drops"}
    ids, labels = found["input_ids"][0], found["labels"][0]
    trained = [token for token in labels if token >= 0]
    return {"kind": "rendered", "text": processor.tokenizer.decode(ids), "trained": processor.tokenizer.decode(trained)}


def outcomes(case: dict[str, Any], processors: dict[str, SupervisedDatasetProcessor]) -> dict[str, Any]:
    try:
        example = converted(case)
    except Exception as error:
        same = {"kind": "aborts", "error": f"{type(error).__name__}: {error}"}
        return dict.fromkeys(case["templates"], same)
    found = {}
    for name in case["templates"]:
        try:
            found[name] = observed(example, processors[name])
        except Exception as error:
            found[name] = {"kind": "aborts", "error": f"{type(error).__name__}: {error}"}
    return found


def main() -> None:
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    processors = {name: processor_of(name) for name in sorted({one for case in asked for one in case["templates"]})}
    answers = [outcomes(case, processors) for case in asked]
    Path(sys.argv[2]).write_text(json.dumps({"version": VERSION, "answers": answers}), encoding="utf-8")


if __name__ == "__main__":
    main()
