from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from toolcall_data.training.config import Dataset
from toolcall_data.training.trainer import Trainer, find_trainer

CITIES = ["北京", "上海", "广州", "深圳", "成都", "杭州", "南京", "武汉"]
TOOLS = json.dumps(
    [{"name": "get_weather", "description": "查询城市天气", "parameters": {"type": "object", "properties": {}}}],
    ensure_ascii=False,
)


@pytest.fixture(scope="session")
def trainer() -> Trainer:
    if importlib.util.find_spec("llamafactory") is None:
        pytest.skip("LLaMA-Factory is not installed")
    return find_trainer()


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for the session, so that probing and building happen once and nothing of the user's is touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TCDATA_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("huggingface")))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return write_dataset(tmp_path / "mix", [row(city, day) for city in CITIES for day in range(1, 8)])


@pytest.fixture
def make_dataset() -> Callable[[Path, list[dict[str, object]]], Dataset]:
    return write_dataset


def row(city: str, day: int) -> dict[str, object]:
    call = json.dumps({"name": "get_weather", "arguments": {"city": city, "day": day}}, ensure_ascii=False)
    return {
        "conversations": [
            {"from": "human", "value": f"请问{city}第{day}天的天气怎么样?"},
            {"from": "function_call", "value": call},
            {"from": "observation", "value": json.dumps({"sky": "晴", "high": 20 + day}, ensure_ascii=False)},
            {"from": "gpt", "value": f"{city}第{day}天晴,最高气温{20 + day}度。"},
        ],
        "tools": TOOLS,
    }


def write_dataset(folder: Path, rows: list[dict[str, object]]) -> Dataset:
    """A sharegpt file and its dataset_info.json."""
    folder.mkdir(parents=True)
    (folder / "train.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    columns = {"messages": "conversations", "tools": "tools"}
    info = {"mixed": {"file_name": "train.json", "formatting": "sharegpt", "columns": columns}}
    (folder / "dataset_info.json").write_text(json.dumps(info), encoding="utf-8")

    def texts() -> Iterator[str]:
        for one in rows:
            for turn in one["conversations"]:  # type: ignore[attr-defined]  # rows are plain JSON here
                yield turn["value"]
            yield str(one["tools"])

    return Dataset(folder, "mixed", None, f"{len(rows)} rows", texts)
