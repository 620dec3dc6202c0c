"""Why the trainer failed: its own last error, picked out of its log, with the probable cause and what to do."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Known:
    """A known error: `pattern` is searched in the error line, and in the whole end of the log if `anywhere`.

    `cause` and `remedy` may use the pattern's groups as `{1}`, `{2}`.
    """

    pattern: str
    cause: str
    remedy: str
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The trainer's own error line, and the probable cause and remedy, None when it is an unknown one."""

    error: str
    cause: str | None = None
    remedy: str | None = None

    @property
    def hint(self) -> str | None:
        """Cause and remedy in one line."""
        return "; ".join(filter(None, (self.cause, self.remedy))) or None


# LLaMA-Factory 0.9.5 with transformers 5.6.0. The first match counts: special before general.
KNOWN = (
    Known(
        r"CUDA out of memory|OutOfMemoryError|NPU out of memory",
        "the accelerator's memory is too small for this model, batch and length",
        "lower per_device_train_batch_size or cutoff_len, raise gradient_accumulation_steps instead, or use "
        "quantization_bit: 4",
        anywhere=True,
    ),
    Known(
        r"DefaultCPUAllocator|Cannot allocate memory|\bMemoryError\b|std::bad_alloc",
        "the machine's memory is too small",
        "lower per_device_train_batch_size, cutoff_len or preprocessing_num_workers",
    ),
    Known(
        r"Invalid JSON format in function message: (.*)",
        "one row's call is not JSON, and LLaMA-Factory does not say which row: {1}",
        "run `tcdata validate` on the sources, which names the file and the line, and let the recipe's check stage "
        "drop such rows",
    ),
    Known(
        r"Invalid JSON format in tool description: (.*)",
        "one row's tools are not JSON, and LLaMA-Factory does not say which row: {1}",
        "run `tcdata validate` on the sources, which names the file and the line",
    ),
    Known(
        r"GLM-4 does not support parallel functions",
        "the template glm4 cannot render several calls in one turn, and a row of the mix has them",
        "add `- calls: {{max_parallel: 1}}` to the recipe's clean stage, or choose another template",
    ),
    Known(
        r"Some keys are not used by the HfArgumentParser: (\[.*\])",
        "this LLaMA-Factory does not know these options: {1}",
        "take them out of train.options",
    ),
    Known(
        r"Undefined dataset (\S+) in dataset_info\.json",
        "dataset_info.json has no entry `{1}`",
        "mix again: `tcdata mix RECIPE`",
    ),
    Known(
        r"(?:File|Cannot open) (\S+?),? (?:not found|due to)",
        "the mixed data is not where the configuration says: {1}",
        "mix again: `tcdata mix RECIPE`",
    ),
    Known(
        r"Cannot find valid samples",
        "no row was left after LLaMA-Factory's own checks",
        "raise cutoff_len, or look at the rows with `tcdata validate`",
        anywhere=True,
    ),
    Known(
        r"Failed to load tokenizer|is not a local folder and is not a valid model identifier|Can't load tokenizer",
        "the model is neither a folder with a tokenizer here nor one that could be downloaded",
        "check train.model; without a network, download the model first and give its folder, or try `model: tiny`",
        anywhere=True,
    ),
    Known(
        r"(?:ConnectionError|MaxRetryError|LocalEntryNotFoundError|OfflineModeIsEnabled|ConnectTimeout)",
        "the model hub could not be reached",
        "set HF_ENDPOINT=https://hf-mirror.com or USE_MODELSCOPE_HUB=1, or give a downloaded model's folder",
    ),
    Known(r"Template (\S+) does not exist", "there is no template `{1}`", "correct train.template"),
    Known(
        r"No module named '(torchaudio|torchvision)[^']*'|lib\w*(torchaudio)\w*\.\w*so|(torchvision)::nms",
        "torchaudio or torchvision is missing or does not fit torch",
        "start the training with `tcdata train`, which does without them, or install the matching versions",
    ),
    Known(
        r"Your setup doesn't support bf16/gpu|does not support `?pure_bf16|bf16.*not supported",
        "this device cannot compute in bf16",
        "leave bf16 out, or set fp16: true",
    ),
    Known(
        r"Please provide `dataset`|Please specify dataset",
        "the configuration names no dataset",
        "mix again and start with `tcdata train`",
    ),
    Known(
        r"Output directory already exists and is not empty",
        "the output folder already holds a model",
        "choose another train.output, or use --overwrite",
    ),
    Known(
        r"Can't find a valid checkpoint at (\S+)",
        "the checkpoint {1} is incomplete",
        "delete that folder, or use --overwrite to start anew",
    ),
    Known(
        r"Can't find 'adapter_config\.json' at '?([^']+)'?",
        "there is no adapter in {1}",
        "correct adapter_name_or_path",
    ),
    Known(
        r"size mismatch for (\S+)|Error\(s\) in loading state_dict",
        "the checkpoint was made for another model or another lora_rank",
        "use --overwrite to start anew, or another train.output",
    ),
    Known(
        r"all_exhausted_without_replacement is not supported",
        "the installed datasets library cannot interleave so",
        "leave mixing to the recipe",
    ),
    Known(
        r"To fix: (?:run|please run) `(pip install [^`]+)`",
        "a package that one of the options needs is missing",
        "run `{1}` in the trainer's environment, or leave the option out",
    ),
    Known(
        r"([\w.-]+\S*) is required for a normal functioning of this module, but found ([\w.-]+==\S+)",
        "the trainer's environment holds {2}, and LLaMA-Factory wants {1}",
        "install the pinned set: pip install -c constraints.txt 'tcdata[train]'",
        anywhere=True,
    ),
    Known(
        r"(?:No module named|requires the) [`'](\w+)[`']|ImportError: .*?`?pip install (\S+?)`?$",
        "the trainer's environment lacks a package that an option needs",
        "install it there, or leave the option out",
    ),
    Known(
        r"launch distributed training with `llamafactory-cli`",
        "there are several devices and this run was started for one",
        "set CUDA_VISIBLE_DEVICES=0, or FORCE_TORCHRUN=1",
    ),
    Known(r"No space left on device|Errno 28", "the disk is full", "free some space, or set save_total_limit lower"),
    Known(r"Permission denied|Errno 13", "a file or folder may not be written", "choose another train.output"),
    Known(
        r"index out of range in self|device-side assert",
        "a token is outside the model's vocabulary: the template adds tokens that the model lacks",
        "choose the model's own template, or set resize_vocab: true",
        anywhere=True,
    ),
)

_ERROR = re.compile(
    r"^(?:\[rank\d+\]:\s*)?((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Iteration|Interrupt|Warning|Exit|Found)\b.*)$"
)
_NOT_THE_CAUSE = re.compile(r"CalledProcessError|ChildFailedError|SignalException|\w*Warning\b")
_END = 200_000  # bytes of the log's end that are looked at


def diagnose(log: str, returncode: int) -> Diagnosis:
    """What went wrong in a run that ended with `returncode` (negative: the signal) and left `log`."""
    if ended := _by_signal(returncode):
        return ended
    error = last_error(log)
    for known in KNOWN:
        found = re.search(known.pattern, error) or (re.search(known.pattern, log) if known.anywhere else None)
        if found:
            groups = (found[0], *(group or "" for group in found.groups()))
            return Diagnosis(error, known.cause.format(*groups), known.remedy.format(*groups))
    return Diagnosis(error)


def last_error(log: str) -> str:
    """The last line of `log` that names an exception, without launchers' echoes; else its last line."""
    lines = [line.rstrip() for line in re.split(r"[\r\n]+", log) if line.strip()]
    errors = [found[1] for line in lines if (found := _ERROR.match(line)) and not _NOT_THE_CAUSE.search(found[1])]
    if errors:
        return errors[-1]
    return lines[-1] if lines else "it printed nothing"


def end_of(log: Path) -> str:
    """The end of a log file, as much as a diagnosis needs; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _END))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _by_signal(returncode: int) -> Diagnosis | None:
    number = -returncode if returncode < 0 else returncode - 128 if returncode > 128 else 0
    if number == signal.SIGKILL:
        return Diagnosis(
            "the trainer was killed (SIGKILL)",
            "most probably the machine ran out of memory and the system ended the process",
            "lower per_device_train_batch_size, cutoff_len or preprocessing_num_workers; `dmesg` names the victim",
        )
    if number in {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL}:
        name = signal.Signals(number).name
        return Diagnosis(
            f"the trainer crashed ({name})",
            "a compiled library does not fit the others, or shared memory is too small (SIGBUS in a container)",
            "install the pinned set: pip install -c constraints.txt 'tcdata[train]'",
        )
    if number in {signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGABRT}:
        return Diagnosis(
            f"the trainer was stopped from outside ({signal.Signals(number).name})", None, "start it again"
        )
    return None
