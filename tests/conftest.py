"""What every test may use: the shipped samples, the real rows, and the real command in an empty folder."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SHAPING = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM", "CI")

# Where a change is judged, the same examples every time; at a desk, new ones.
settings.register_profile(
    "tcdata",
    deadline=None,
    max_examples=50,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tcdata")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its stdout as one JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True)
class Tcdata:
    """Runs `tcdata` in a folder: `tcdata(...)` as a process of its own, `tcdata.here(...)` inside this one."""

    folder: Path

    def __call__(self, *arguments: str | Path, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "toolcall_data", *map(str, arguments)],
            cwd=self.folder,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=300,
            env=self.environment(env),
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def here(self, *arguments: str | Path) -> Ran:
        """The same without a new process: some 100 ms faster."""
        from toolcall_data.cli.main import run

        out, err = _Stream(), _Stream()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
        return Ran(int(code), out.text, err.text)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment without what would shape the output."""
        return {name: value for name, value in os.environ.items() if name not in SHAPING} | dict(more or {})


class _Stream(io.TextIOWrapper):
    """A text stream over bytes, as a pipe is."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", write_through=True)

    @property
    def text(self) -> str:
        self.flush()
        return self._bytes.getvalue().decode()


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for the session, so that nothing of the user's is read or touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TCDATA_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("OMP_NUM_THREADS", "1")
        for name in (*SHAPING, "TCDATA_QUIET", "TCDATA_VERBOSE", "TCDATA_COLOR", "TCDATA_NO_PROGRESS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def tcdata(tmp_path: Path) -> Tcdata:
    return Tcdata(tmp_path)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The shipped samples."""
    from toolcall_data.bundled import folder

    found = folder("samples")
    assert list(found.glob("*.jsonl"))
    return found


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Published rows, which are no part of the project; tests that need them are skipped where they are absent."""
    found = ROOT.parent / "shared" / "data"
    if not (found / "glaive_toolcall_zh_demo.json").is_file():
        pytest.skip("the published rows are not beside the project (../shared/data)")
    return found


@pytest.fixture(scope="session")
def sample_rows(samples: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of the clean samples by format."""
    return {name: read_jsonl(samples / f"{name}.jsonl") for name in ("sharegpt", "openai", "alpaca")}


def read_jsonl(path: Path) -> list[Any]:
    """The rows of a JSON Lines file; U+2028 and its like end no line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def write_jsonl(path: Path, rows: Iterable[Any]) -> Path:
    """Rows as JSON Lines, Chinese unescaped."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
