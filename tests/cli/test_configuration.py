"""tcdata.toml, baselines and plugin rules: what a project settles once for all its files."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolcall_data.conversation.build import call, gpt, human, observation, row

if TYPE_CHECKING:
    from tests.conftest import Tcdata


ASKED = {
    1: ("北京", "北京天气？", "晴", "北京今天晴，适合出门。"),
    2: ("上海", "我明天要去上海出差，那边冷不冷？", "阴", "上海是阴天，带件外套就好。"),
    3: ("成都", "周末想去爬山，帮我看看成都下不下雨", "小雨", "成都周末有小雨，山路会滑。"),
}


def wrong(number: int) -> dict[str, Any]:
    """A row with one wrong call, like no other number's."""
    city, question, text, answer = ASKED[number]
    return row(human(question), call("get_weather", city=city, unit="摄氏度"), observation({"text": text}), gpt(answer))


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows), encoding="utf-8")
    return path


def names(tcdata: Tcdata, *arguments: str | Path) -> dict[str, int]:
    ran = tcdata.here("validate", *arguments, "--format", "json")
    assert ran.code in (0, 1), ran.err
    return {name: count["findings"] for name, count in ran.json["summary"].items()}


def test_settings_above_the_input_hold_for_it(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "project/data/rows.jsonl", wrong(1))
    (tcdata.folder / "project/tcdata.toml").write_text('[validate]\nignore = ["call.enum"]\n', encoding="utf-8")
    assert names(tcdata, path) == {}
    assert names(tcdata, path, "--no-config") == {"call.enum": 1}


def test_settings_in_pyproject(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "rows.jsonl", wrong(1))
    (tcdata.folder / "pyproject.toml").write_text(
        '[project]\nname = "x"\n[tool.tcdata.severity]\n"call.enum" = "warning"\n', encoding="utf-8"
    )
    ran = tcdata.here("validate", path)
    assert ran.code == 0
    assert "0 errors · 1 warnings" in ran.err


def test_the_command_line_outranks_the_settings(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "rows.jsonl", wrong(1))
    (tcdata.folder / "tcdata.toml").write_text('[validate]\nselect = ["tool"]\n', encoding="utf-8")
    assert names(tcdata, path) == {}
    assert names(tcdata, path, "--select", "call") == {"call.enum": 1}


def test_settings_for_some_files(tcdata: Tcdata) -> None:
    write(tcdata.folder / "raw/a.jsonl", wrong(1))
    write(tcdata.folder / "good/b.jsonl", wrong(2))
    (tcdata.folder / "tcdata.toml").write_text(
        '[per-path."raw/*"]\nignore = ["call"]\n[per-path."good/*".severity]\n"call.enum" = "warning"\n',
        encoding="utf-8",
    )
    ran = tcdata.here("validate", "raw", "good", "--format", "json")
    assert [(found["file"], found["severity"]) for found in ran.json["findings"]] == [("good/b.jsonl", "warning")]
    assert ran.code == 0


def test_settings_may_extend_others(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "sub/rows.jsonl", wrong(1))
    (tcdata.folder / "base.toml").write_text('[severity]\n"call.enum" = "warning"\n', encoding="utf-8")
    (tcdata.folder / "sub/tcdata.toml").write_text(
        'extend = "../base.toml"\n[validate]\nfail-on = "warning"\n', encoding="utf-8"
    )
    ran = tcdata.here("validate", path)
    assert ran.code == 1
    assert "0 errors · 1 warnings" in ran.err


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('[validate]\nselct = ["call"]\n', "tcdata.toml:2", "unknown key `validate.selct`"),
        ('\n[validate]\nfail-on = "error"\nignore = ["call.enmu"]\n', "tcdata.toml:4", "no rule named `call.enmu`"),
        ('[severity]\n"call.enum" = "fatal"\n', "tcdata.toml:2", "'error', 'warning' or 'info'"),
        ('[per-path."raw/*"]\nignor = []\n', "tcdata.toml:2", "unknown key"),
        ("[validate\n", "tcdata.toml:1", "no TOML"),
        ('extend = "tcdata.toml"\n', "tcdata.toml", "goes round in circles"),
        ('extend = "none.toml"\n', "", "cannot read"),
    ],
)
def test_a_mistake_in_the_settings_is_one_clear_error(tcdata: Tcdata, text: str, place: str, message: str) -> None:
    write(tcdata.folder / "rows.jsonl", wrong(1))
    (tcdata.folder / "tcdata.toml").write_text(text, encoding="utf-8")
    ran = tcdata.here("validate", "rows.jsonl")
    assert ran.code in (2, 4)
    assert place in ran.err
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_baseline_lets_only_new_findings_through(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "rows.jsonl", wrong(1), wrong(2))
    noted = tcdata.here("validate", path, "--write-baseline", "known.json")
    assert noted.code == 0
    assert "2 findings are known from now on" in noted.err
    write(path, wrong(2), wrong(3), wrong(1))
    ran = tcdata.here("validate", path, "--baseline", "known.json", "--format", "json")
    assert ran.code == 1
    assert [found["row"] for found in ran.json["findings"]] == [1]
    text = tcdata.here("validate", path, "--baseline", "known.json")
    assert "2 known findings not shown" in text.err


def test_a_baseline_named_in_the_settings_is_relative_to_them(tcdata: Tcdata) -> None:
    path = write(tcdata.folder / "data/rows.jsonl", wrong(1))
    tcdata.here("validate", path, "--write-baseline", "known.json")
    (tcdata.folder / "tcdata.toml").write_text('[validate]\nbaseline = "known.json"\n', encoding="utf-8")
    assert names(tcdata, "-C", tcdata.folder / "data", "rows.jsonl") == {}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "findings": {}}', "no json"])
def test_a_broken_baseline_is_one_clear_error(tcdata: Tcdata, text: str) -> None:
    path = write(tcdata.folder / "rows.jsonl", wrong(1))
    (tcdata.folder / "known.json").write_text(text, encoding="utf-8")
    ran = tcdata.here("validate", path, "--baseline", "known.json")
    assert ran.code == 4
    assert "known.json is no baseline" in ran.err


CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLUGIN = re.findall(r"```python\n(.*?)```", CONTRIBUTING, re.DOTALL)[0]
"""The worked example of the documentation."""
ENTRY_POINT = re.findall(r'entry-points\."(.*?)"\]\n(.*?) = "(.*?)"', CONTRIBUTING)[0]


def install(folder: Path, text: str) -> dict[str, str]:
    """A package with an entry point, as an installer leaves it; the environment that finds it."""
    (folder / "shop_rules.py").write_text(text, encoding="utf-8")
    metadata = folder / "shop_rules-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-rules\nVersion: 1.0\n")
    group, name, module = ENTRY_POINT
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


def test_a_plugin_rule_judges_is_listed_and_explained(tcdata: Tcdata) -> None:
    env = install(tcdata.folder, PLUGIN)
    write(
        tcdata.folder / "rows.jsonl",
        {"conversations": [{"from": "human", "value": "在吗"}, {"from": "gpt", "value": "在！"}]},
    )
    ran = tcdata("validate", "rows.jsonl", "--format", "json", "--fail-on", "shop", env=env)
    assert ran.code == 1, ran.err
    assert [found["code"] for found in ran.json["findings"]] == ["SHOP1"]
    assert "shop.shouting" in tcdata("rules", env=env).out
    assert "ours is calm" in tcdata("explain", "shop.shouting", env=env).out
    assert "shop.shouting" not in tcdata("validate", "rows.jsonl", "--ignore", "shop", env=env).out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module\n", "the rules of plugin `shop` do not load"),
        (PLUGIN.replace("SHOP1", "TC998"), "plugin rules have the codes TC998"),
        (PLUGIN.replace("shop.shouting", "call.enum"), "call.enum"),
    ],
)
def test_a_broken_plugin_is_one_clear_error(tcdata: Tcdata, text: str, message: str) -> None:
    env = install(tcdata.folder, text)
    write(tcdata.folder / "rows.jsonl", wrong(1))
    ran = tcdata("validate", "rows.jsonl", env=env)
    assert ran.code == 2
    assert message in ran.err
    assert "Traceback" not in ran.err
