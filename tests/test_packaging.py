"""What an installation holds, and where it lies."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

import toolcall_data

UNBUILT = (".*", "out", "runs", "build", "dist", "*.egg-info", "__pycache__", "tests", "benchmarks", "docs")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_version_is_the_one_of_the_project(project: dict[str, Any]) -> None:
    assert toolcall_data.__version__ == project["project"]["version"]


def test_listed_packages_are_the_folders_with_modules(root: Path, project: dict[str, Any]) -> None:
    """`packages` is written by hand; a folder left out of it would be missing from the wheel."""
    homes = {root / folder: name for name, folder in project["tool"]["setuptools"]["package-dir"].items()}
    found = {
        ".".join([name, *module.parent.relative_to(home).parts])
        for home, name in homes.items()
        for module in home.rglob("*.py")
    }
    listed = project["tool"]["setuptools"]["packages"]
    assert found == set(listed)
    assert len(listed) == len(set(listed)) > 10


@pytest.mark.parametrize("name", ["tui", "recipes", "samples", "tests", "benchmarks", "docs"])
def test_no_folder_is_importable_by_its_own_name(name: str, root: Path, tmp_path: Path) -> None:
    code = f"import importlib.util as u; found = u.find_spec({name!r}); print(found and found.origin)"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert str(root) not in done.stdout


@pytest.mark.parametrize("name", ["tui", "recipes", "samples"])
def test_folders_are_importable_under_the_one_name(name: str, root: Path) -> None:
    module = importlib.import_module(f"toolcall_data.{name}")
    assert Path(str(module.__file__)).parent == root / name


@pytest.mark.parametrize("name", toolcall_data.__all__)
def test_public_names_resolve(name: str) -> None:
    assert getattr(toolcall_data, name) is not None


def test_public_names_are_the_lazy_table() -> None:
    assert {*toolcall_data._HOME, "__version__"} == set(toolcall_data.__all__) == set(dir(toolcall_data))
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = toolcall_data.nothing_like_it


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with only the wheel in it, built from the sdist as an installer from an index would."""
    place = tmp_path_factory.mktemp("build")
    shutil.copytree(root, place / "tree", ignore=shutil.ignore_patterns(*UNBUILT))
    _python(place / "tree", "-c", "from setuptools import build_meta; build_meta.build_sdist('../sdist')")
    (packed,) = (place / "sdist").glob("tcdata-*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(place, filter="data")
    unpacked = place / packed.name.removesuffix(".tar.gz")
    pip = ("-m", "pip", "--disable-pip-version-check", "-q")
    _python(place, *pip, "wheel", "--no-deps", "--no-build-isolation", "-w", "wheels", str(unpacked))
    (wheel,) = (place / "wheels").glob("*.whl")
    _python(place, *pip, "install", "--no-deps", "--no-index", "--target", "site", str(wheel))
    return place / "site"


def _python(folder: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_wheel_installs_one_name_and_all_its_data(site: Path, root: Path) -> None:
    names = {path.name for path in site.iterdir()}
    info = {name for name in names if name.endswith(".dist-info")}
    assert names - info - {"bin"} == {"toolcall_data"}
    assert len(info) == 1
    shipped = {path.relative_to(site / "toolcall_data").as_posix() for path in (site / "toolcall_data").rglob("*")}
    for folder, pattern in (("recipes", "*.yaml"), ("samples", "*.jsonl"), ("tui", "*.tcss")):
        wanted = {f"{folder}/{path.name}" for path in (root / folder).glob(pattern)}
        assert wanted
        assert wanted <= shipped
    modules = {path.relative_to(root / "toolcall_data").as_posix() for path in (root / "toolcall_data").rglob("*.py")}
    assert modules <= shipped
    assert "py.typed" in shipped


@pytest.mark.slow
def test_wheel_runs_away_from_the_repository(site: Path, root: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(site), "TCDATA_CACHE_DIR": str(tmp_path / "cache")}
    where = [sys.executable, "-c", "import toolcall_data.tui as t; print(t.__file__)"]
    assert str(site) in subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True).stdout

    def tcdata(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "toolcall_data", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)

    shipped = {path.stem for path in (root / "recipes").glob("*.yaml")}
    listed = tcdata("recipe", "list")
    assert {line.split()[0] for line in listed.stdout.splitlines()} == shipped
    mixed = tcdata("mix", "quickstart", "-o", "mix")
    assert mixed.returncode == 0, mixed.stderr
    assert (tmp_path / "mix" / "train.jsonl").stat().st_size > 0
