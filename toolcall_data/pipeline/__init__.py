"""The straight path of a recipe: mix, then train."""

from __future__ import annotations

from toolcall_data.pipeline.manifest import mix_hash, output_of, why_stale
from toolcall_data.pipeline.mix import MixReport, run_mix
from toolcall_data.pipeline.train import TrainReport, run_train

__all__ = ["MixReport", "TrainReport", "mix_hash", "output_of", "run_mix", "run_train", "why_stale"]
