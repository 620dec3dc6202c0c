"""Options of every command, names that are nearly right, and the smaller commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from toolcall_data.cli.main import ALIASES, COMMANDS
from toolcall_data.conversation.build import call, chat, gpt, human, observation, row

if TYPE_CHECKING:
    from tests.conftest import Tcdata

GOOD = chat(human("好吗"), gpt("好"))
BAD = row(human("北京天气？"), call("get_weather", city="北京", unit="摄氏"), observation("晴"), gpt("晴。"))
NAMES = [name for group in COMMANDS.values() for name in group]


@pytest.fixture
def tcdata(tcdata: Tcdata) -> Tcdata:
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in (GOOD, BAD))
    (tcdata.folder / "rows.jsonl").write_text(text, encoding="utf-8")
    return tcdata


@pytest.mark.parametrize("name", [*NAMES, *ALIASES])
def test_every_command_has_help_with_examples(tcdata: Tcdata, name: str) -> None:
    ran = tcdata.here(name, "--help")
    assert ran.code == 0
    assert "Examples" in ran.out
    assert "tcdata" in ran.out
    assert max(map(len, ran.lines)) <= 100
    assert ran.out == tcdata.here(name, "-h").out


def test_help_lists_every_command(tcdata: Tcdata) -> None:
    lines = tcdata.here("--help").lines
    for name in NAMES:
        assert any(line.split()[:1] == [name] for line in lines), name


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("vaildate rows.jsonl", "did you mean `validate`"),
        ("brwose rows.jsonl", "did you mean `browse`"),
        ("rows.jsonl", "did you mean `tcdata browse rows.jsonl` or `tcdata validate rows.jsonl`?"),
        ("validate rows.jsonl --selcet call", "did you mean `--select`"),
        ("validate rows.json", "did you mean `rows.jsonl`?"),
        ("validate rows.jsonl --select call.enmu", "did you mean `call.enum`?"),
        ("validate rows.jsonl --ignore cal.enum", "did you mean `call.enum`?"),
        ("explain conv.odd_cuont", "did you mean `conv.odd_count`?"),
        ("mix quickstrat", "did you mean `quickstart`?"),
        ("init --from-recipe quickstrat", "did you mean `quickstart`?"),
        ("help exit-code", "did you mean `exit-codes`?"),
    ],
)
def test_a_name_that_is_nearly_right(tcdata: Tcdata, line: str, hint: str) -> None:
    ran = tcdata.here(*line.split())
    assert ran.code in (2, 4)
    assert hint in ran.err


def has_colour(text: str) -> bool:
    return "\x1b[" in text


@pytest.mark.parametrize(
    ("env", "options", "wanted"),
    [
        ({}, (), False),
        ({}, ("--color", "always"), True),
        ({}, ("--color=always",), True),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ({"TCDATA_COLOR": "always"}, (), True),
        ({"TCDATA_COLOR": "always"}, ("--color", "never"), False),
    ],
)
def test_colour(
    tcdata: Tcdata, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], options: tuple[str, ...], wanted: bool
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    for line in ("validate rows.jsonl --format text", "rules", "explain call.enum", "formats"):
        assert has_colour(tcdata.here(*line.split(), *options).out) is wanted, line
    assert has_colour(tcdata.here("explain", "nothing", *options).err) is wanted
    assert not has_colour(tcdata.here("validate", "rows.jsonl", "--format", "json", *options).out)


def test_options_stand_before_or_after_the_command(tcdata: Tcdata) -> None:
    (tcdata.folder / "sub").mkdir()
    (tcdata.folder / "sub" / "other.jsonl").write_bytes((tcdata.folder / "rows.jsonl").read_bytes())
    whole = tcdata.here("validate", "other.jsonl", "-C", "sub")
    for line in ("-C sub validate other.jsonl", "validate -C sub other.jsonl", "--directory=sub validate other.jsonl"):
        assert tcdata.here(*line.split()) == whole
    assert "other.jsonl" in whole.out
    for line in ("-q validate rows.jsonl", "validate rows.jsonl -q", "validate --quiet rows.jsonl"):
        assert tcdata.here(*line.split()).err == ""
    assert tcdata.here("validate", "rows.jsonl").err != ""


def test_quiet_twice_leaves_only_the_exit_code_for_errors(tcdata: Tcdata) -> None:
    assert tcdata.here("validate", "gone.jsonl", "-qq").err == ""
    assert tcdata.here("validate", "gone.jsonl", "-q").err != ""
    assert tcdata.here("validate", "gone.jsonl", "-qq").code == 4


def test_verbose_tells_steps_on_stderr_and_leaves_stdout_alone(tcdata: Tcdata) -> None:
    (tcdata.folder / "r.yaml").write_text("sources: {a: rows.jsonl}\n")
    plain, more = (tcdata.here("mix", "r.yaml", "-o", "out", *options) for options in ((), ("-v",)))
    assert plain.out == more.out
    assert "sharegpt" in more.err
    report = tcdata.here("validate", "rows.jsonl", "-vv", "--format", "json")
    assert report.json == tcdata.here("validate", "rows.jsonl", "--format", "json").json


def test_a_traceback_only_on_request(tcdata: Tcdata) -> None:
    assert "Traceback" not in tcdata.here("validate", "gone.jsonl", "-v").err
    assert "Traceback" in tcdata.here("validate", "gone.jsonl", "-vv").err


def test_a_double_dash_ends_the_options(tcdata: Tcdata) -> None:
    (tcdata.folder / "-q").write_bytes((tcdata.folder / "rows.jsonl").read_bytes())
    ran = tcdata.here("validate", "--", "-q")
    assert (ran.code, len(ran.lines)) == (1, 1)


def test_rules_are_listed_and_explained(tcdata: Tcdata) -> None:
    rules = tcdata.here("rules", "--format", "json").json
    assert len(rules) > 20
    assert {"call.enum", "conv.alternation", "file.json_lines"} <= {rule["name"] for rule in rules}
    listed = tcdata.here("rules").lines
    assert [line.split()[0] for line in listed] == [rule["code"] for rule in rules]
    for rule in rules:
        by_name = tcdata.here("explain", rule["name"])
        assert (by_name.code, by_name.out) == (0, tcdata.here("explain", rule["code"].lower()).out)
        assert rule["what"] in by_name.out
        assert tcdata.here("explain", rule["name"], "--format", "json").json["name"] == rule["name"]
    said = tcdata.here("explain", "call.enum", "--format", "json").json
    assert said["sections"]
    assert said["bad"]
    assert tcdata.here("explain", "call.enum", "--format", "md").out.startswith("## call.enum")


def test_recipe_schema_is_a_json_schema_that_takes_the_shipped_recipes(tcdata: Tcdata, root: Path) -> None:
    from ruamel.yaml import YAML

    schema = tcdata.here("recipe", "schema").json
    jsonschema.Draft202012Validator.check_schema(schema)
    shipped = sorted((root / "recipes").glob("*.yaml"))
    assert len(shipped) >= 2
    for path in shipped:
        jsonschema.validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"sources": {"a": "x"}, "chekc": {}}, schema)
    for name, part in schema["$defs"].items():
        for field, facts in part.get("properties", {}).items():
            assert name == "CleanStep" or facts.get("description"), f"{name}.{field} is not described"


RECIPE = """\
# a comment
sources:
  a: rows.jsonl

check:
  error: drop
mix:
  seed: 1
  take:
    a: {rows: 1}
"""


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("error: drop", "eror: drop"), 6, ("unknown key `check.eror`", "did you mean `error`?")),
        (("error: drop", "error: dorp"), 6, ("check.error", "'drop'", "dorp")),
        (("check:", "chekc:"), 5, ("unknown key `chekc`", "did you mean `check`?")),
        (("seed: 1", "seed: eins"), 8, ("mix.seed", "eins")),
        (("{rows: 1}", "{rows: 1, weight: 2}"), 10, ("mix.take.a", "not both")),
        (("{rows: 1}", "{rosw: 1}"), 10, ("mix.take.a.rosw", "did you mean `rows`?")),
        (("a: rows.jsonl", "a: {}"), 3, ("sources.a", "`path`")),
        (("a: rows.jsonl", "a: {path: rows.jsonl, frmt: x}"), 3, ("sources.a.frmt",)),
        (("seed: 1", "seed: [1"), 9, ("no YAML",)),
        (("seed: 1", "seed: 1\n  seed: 2"), 9, ("no YAML",)),
    ],
)
def test_a_wrong_recipe_is_told_with_line_and_nearest_name(
    tcdata: Tcdata, change: tuple[str, str], line: int, words: tuple[str, ...]
) -> None:
    text = RECIPE.replace(*change)
    assert text != RECIPE
    (tcdata.folder / "r.yaml").write_text(text, encoding="utf-8")
    for command in (("mix", "r.yaml"), ("recipe", "check", "r.yaml")):
        ran = tcdata.here(*command)
        assert ran.code == 2
        assert f"--> r.yaml:{line}\n" in ran.err
        for word in words:
            assert word in ran.err


@pytest.mark.parametrize("text", ["", "[]", "a", "sources: {}", "check: {}", "\x00", "sources: 3"])
def test_what_is_no_recipe_is_one_clear_error(tcdata: Tcdata, text: str) -> None:
    (tcdata.folder / "r.yaml").write_text(text, encoding="utf-8")
    ran = tcdata.here("mix", "r.yaml")
    assert ran.code == 2
    assert "r.yaml" in ran.err


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("mix.seed=7", ("mix", "seed"), 7),
        ("check.fix=none", ("check", "fix"), "none"),
        ("check.ignore=[call.enum, conv]", ("check", "ignore"), ["call.enum", "conv"]),
        ("export.name=别名", None, None),
        ("mix.eval={rows: 1}", ("mix", "eval"), {"rows": 1}),
    ],
)
def test_overrides(tcdata: Tcdata, override: str, key: tuple[str, str] | None, value: Any) -> None:
    (tcdata.folder / "r.yaml").write_text("sources: {a: rows.jsonl}\ncheck: {error: keep}\n")
    ran = tcdata.here("mix", "r.yaml", "-o", "out", "--format", "json", "--set", override)
    if key is None:
        assert ran.code == 2
        return
    assert ran.code == 0, ran.err
    assert ran.json["recipe"][key[0]][key[1]] == value


@pytest.mark.parametrize(
    "override", ["mix.seed", "=3", "mix.sede=3", "sources.a.path.b=3", "clean.4.length=3", "mix=["]
)
def test_wrong_overrides_are_wrong_use(tcdata: Tcdata, override: str) -> None:
    (tcdata.folder / "r.yaml").write_text("sources: {a: rows.jsonl}\nclean: [exact_duplicates]\n")
    ran = tcdata.here("mix", "r.yaml", "-o", "out", "--set", override)
    assert ran.code == 2
    assert not (tcdata.folder / "out").exists()


def test_seed_is_short_for_its_override(tcdata: Tcdata) -> None:
    (tcdata.folder / "r.yaml").write_text("sources: {a: rows.jsonl}\ncheck: {error: keep}\n")
    long, short = (
        tcdata.here("mix", "r.yaml", "--dry-run", "--format", "json", *options)
        for options in (("--set", "mix.seed=9"), ("--seed", "9"))
    )
    assert long.json == short.json


def test_init_writes_a_recipe_that_mixes(tcdata: Tcdata, samples: Path) -> None:
    for name in ("sharegpt", "alpaca"):
        (tcdata.folder / f"{name}.jsonl").write_bytes((samples / f"{name}.jsonl").read_bytes())
    (tcdata.folder / "note.json").write_text('{"text": 1}')
    ran = tcdata.here("init", ".", "--name", "mine")
    assert ran.code == 0
    assert "note.json" in ran.err
    assert tcdata.here("recipe", "check", "mine.yaml").code == 0
    mixed = tcdata.here("mix", "mine.yaml", "--format", "json", "--dry-run")
    assert set(mixed.json["sources"]) == {"sharegpt", "alpaca", "rows"}
    assert tcdata.here("init", ".", "--name", "mine").code == 2
    assert tcdata.here("init", ".", "--name", "mine", "--force").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(tcdata: Tcdata, shell: str) -> None:
    ran = tcdata.here("completion", shell)
    assert ran.code == 0
    assert "_TCDATA_COMPLETE" in ran.out


def test_completion_completes_commands(tcdata: Tcdata) -> None:
    env = {"_TCDATA_COMPLETE": "bash_complete", "COMP_WORDS": "tcdata val", "COMP_CWORD": "1"}
    assert "plain,validate" in tcdata(env=env).out.split()


@pytest.mark.parametrize("code", ["E002", "E003", "e020", "E040", "E050", "E060"])
def test_error_codes_are_explained(tcdata: Tcdata, code: str) -> None:
    ran = tcdata.here("explain", code)
    assert ran.code == 0
    assert ran.out.startswith(code.upper())
    assert "Exit code" in ran.out


def test_an_unknown_error_code_names_those_there_are(tcdata: Tcdata) -> None:
    ran = tcdata.here("explain", "E999")
    assert ran.code == 2
    assert "E020" in ran.err


def test_the_language_is_en_or_zh(tcdata: Tcdata, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCDATA_LANG", "en")
    assert tcdata.here("--lang", "zh", "rules").code == 0
    assert tcdata.here("rules", "--lang=fr").code == 2
