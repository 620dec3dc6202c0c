"""What the trainer would compute on, found without importing torch unless there is an accelerator to ask about."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from toolcall_data.training.trainer import Trainer, script_environment

SIGNS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd", "/dev/davinci_manager")
"""Device files of NVIDIA, of NVIDIA under WSL, of AMD and of Ascend."""

SCRIPT = """
import json, torch
try:
    import torch_npu
except Exception:
    pass
for kind in ("cuda", "npu", "mps"):
    module = getattr(torch, kind, None)
    if module is not None and module.is_available():
        bf16 = getattr(module, "is_bf16_supported", lambda: kind == "npu")()
        print(json.dumps({"kind": kind, "count": module.device_count(), "has_bf16": bool(bf16)}))
        break
else:
    print(json.dumps({"kind": "cpu"}))
"""


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is `cuda`, `npu`, `mps` or `cpu`; `has_bf16` says whether LLaMA-Factory accepts `bf16: true` there."""

    kind: str = "cpu"
    count: int = 0
    has_bf16: bool = False


def find_device(trainer: Trainer) -> Device:
    """The device that torch in the trainer's environment sees; a CPU when it sees none or does not answer."""
    if not _may_have_accelerator() or trainer.torch_version.endswith("+cpu"):
        return Device()
    try:
        done = subprocess.run(
            [str(trainer.python), "-c", SCRIPT], capture_output=True, text=True, timeout=300, env=script_environment()
        )
        return Device(**json.loads(done.stdout.splitlines()[-1]))
    except (OSError, subprocess.TimeoutExpired, IndexError, ValueError, TypeError):
        return Device()


def _may_have_accelerator() -> bool:
    if os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}:
        return False
    if sys.platform == "darwin":
        return True
    return shutil.which("nvidia-smi") is not None or any(Path(sign).exists() for sign in SIGNS)
