"""Registries and files with one defect each: what LLaMA-Factory does with them, and the rule that says so."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.target.defects import ALPACA, GOOD, OPENAI, asked, text, turns

Kind = Literal["fails", "corrupts", "loads"]

COLUMNS = {"messages": "conversations", "system": "system", "tools": "tools"}
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
WRITERS: dict[str, Callable[[list[Any]], bytes]] = {
    "array": lambda rows: text(rows).encode(),
    "lines": lambda rows: "".join(f"{text(row)}\n" for row in rows).encode(),
}
FINE = GOOD["sharegpt"]
DROPPED = {**FINE, "conversations": turns(("gpt", "我先说。"))}
LONG = {**FINE, "note": "潮" * 1700}


@dataclass(frozen=True)
class Case:
    """Files beside a dataset_info.json, the rule that names their defect (None where there is none)."""

    files: Mapping[str, bytes]
    info: Mapping[str, Any] | bytes
    rule: str | None
    kind: Kind = "fails"
    say: str = ""
    folders: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """The dataset_info.json."""
        for name in self.folders:
            (folder / name).mkdir(parents=True)
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        path = folder / "dataset_info.json"
        info = self.info
        if isinstance(info, Mapping):
            named = {key: _absolute(entry, folder) for key, entry in info.items()}
            info = json.dumps(named).encode()
        path.write_bytes(info)
        return path


def _absolute(entry: Any, folder: Path) -> Any:
    name = entry.get("file_name") if isinstance(entry, dict) else None
    return {**entry, "file_name": name.replace("<here>", str(folder))} if isinstance(name, str) else entry


def entry(**keys: Any) -> dict[str, Any]:
    """An entry for `d.json`; a key that is None is left out."""
    whole = {"file_name": "d.json", "formatting": "sharegpt", "columns": COLUMNS, **keys}
    return {"d": {key: value for key, value in whole.items() if value is not None}}


def info(rule: str | None, *, rows: Any = None, kind: Kind = "fails", say: str = "", **keys: Any) -> Case:
    """Sound rows under an entry."""
    return Case({"d.json": WRITERS["array"](rows or [FINE] * 4)}, entry(**keys), rule, kind, say)


def file(rule: str | None, data: bytes, name: str = "d.json", *, kind: Kind = "fails", say: str = "") -> Case:
    """A file under a sound entry."""
    return Case({name: data}, entry(file_name=name), rule, kind, say)


def rows(rule: str | None, *found: Any, form: str = "array", kind: Kind = "fails", say: str = "", **keys: Any) -> Case:
    """These rows after a sound one, under an entry."""
    name = "d.json" if form == "array" else "d.jsonl"
    data = WRITERS[form]([FINE, *found])
    return Case({name: data}, entry(**{"file_name": name, **keys}), rule, kind, say)


def folder(
    rule: str | None, *, kind: Kind = "fails", say: str = "", folders: tuple[str, ...] = (), **files: bytes
) -> Case:
    """A folder of files as the dataset."""
    named = {f"dd/{name.replace('__', '.')}": data for name, data in files.items()}
    return Case(named, entry(file_name="dd"), rule, kind, say, ("dd", *folders) if not files else folders)


ARRAY, LINES = WRITERS["array"]([FINE] * 4), WRITERS["lines"]([FINE] * 4)
FIRST_10_MB = [LONG] * 1900
NO_TOOLS = {key: value for key, value in FINE.items() if key != "tools"}
_TWICE = text(FINE)[:-1] + ', "tools": ""}'

CASES: dict[str, Case] = {
    "sound": info(None, kind="loads"),
    "f_trailing_comma_json": file("file.json_lines", ARRAY[:-1] + b",]", say="comma"),
    "f_array_in_jsonl": file(None, ARRAY, "d.jsonl", kind="loads"),
    "f_array_pretty_jsonl": file(None, json.dumps([FINE] * 4, indent=1).encode(), "d.jsonl", kind="loads"),
    "f_pretty_objs": file(None, "\n".join([json.dumps(FINE, indent=1)] * 4).encode(), "d.jsonl", kind="loads"),
    "f_bom_jsonl": file(None, b"\xef\xbb\xbf" + LINES, "d.jsonl", kind="loads"),
    "bom_array": file("file.byte_order_mark", b"\xef\xbb\xbf" + ARRAY, say="byte order mark"),
    "f_utf16": file("info.file_unreadable", ARRAY.decode().encode("utf-16"), say="UTF-16"),
    "f_bad_utf8_json": file("file.encoding", ARRAY.replace("青岛".encode(), b"\xff", 1), say="UTF-8"),
    "bad_utf8_jsonl": file("file.encoding", LINES.replace("青岛".encode(), b"\xff", 1), "d.jsonl", say="UTF-8"),
    "f_blank_lines": file(None, b"\n\n" + LINES.replace(b"\n", b"\n\n"), "d.jsonl", kind="loads"),
    "f_truncated_last": file("file.json_lines", LINES[:-40], "d.jsonl", say="no JSON"),
    "f_truncated_json": file("file.json_lines", ARRAY[:-40], say="ends"),
    "f_empty_array": file("info.no_rows", b"[]", say="no rows"),
    "empty_jsonl": file("info.no_rows", b"", "d.jsonl", say="no rows"),
    "empty_objects": file("info.no_rows", b"{}\n{}\n", "d.jsonl", say="empty objects"),
    "f_topdict": file("info.wrapped_rows", text({"data": [FINE, FINE]}).encode(), say="`data`"),
    "f_null_row": file("row.not_object", text([FINE, None, FINE]).encode(), say="null"),
    "f_null_row_jsonl": file("row.not_object", LINES + b"null\n" + LINES, "d.jsonl", say="null"),
    "number_row_jsonl": file("row.not_object", LINES + b"3\n", "d.jsonl", say="integer"),
    "f_comment_jsonl": file("file.json_lines", b"// rows\n" + LINES, "d.jsonl", say="no JSON"),
    "f_dup_row_keys_jsonl": file("file.key_twice", LINES + _TWICE.encode() + b"\n", "d.jsonl", say="`tools`"),
    "f_dup_row_keys_json": file("file.key_twice", f"[{text(FINE)},{_TWICE}]".encode(), kind="corrupts", say="`tools`"),
    "f_dup_msg_keys_json": file(
        "file.key_twice",
        ARRAY.replace(b'"value": "', b'"value": "x", "value": "', 1),
        kind="corrupts",
        say="`value`",
    ),
    "f_nan_row_json": rows(None, {**FINE, "score": float("nan")}, kind="loads"),
    "f_nan_row_jsonl": rows(None, {**FINE, "score": float("nan")}, form="lines", kind="loads"),
    "f_bigint_col": rows(None, {**FINE, "n": 10**25}, form="lines", kind="loads"),
    "f_bigint_col_json": rows("file.big_integer", {**FINE, "n": 10**25}, say="64 bits"),
    "uint64_json": rows(None, {**FINE, "n": 2**63}, kind="loads"),
    "uint64_nested_json": rows("file.big_integer", {**FINE, "meta": {"n": 2**63}}, say="meta.n"),
    "f_gz": file("info.extension", gzip.compress(LINES), "d.jsonl.gz", say=".gz"),
    "f_ext_upper": file("info.extension", ARRAY, "d.JSON", say=".JSON"),
    "f_ext_none": file("info.extension", ARRAY, "d", say="no extension"),
    "f_dir_two": folder(None, kind="loads", a__json=ARRAY, b__json=ARRAY),
    "dir_json_and_jsonl": folder(None, kind="loads", a__json=ARRAY, b__jsonl=LINES),
    "f_dir_hidden": folder("info.folder", say="README", a__json=ARRAY, README__md=b"# rows\n"),
    "dir_in_dir": folder("info.folder", say="more/", folders=("dd/more",), a__json=ARRAY),
    "dir_mixed": folder("info.folder", say=".csv", a__json=ARRAY, b__csv=b"a,b\n"),
    "dir_empty": folder("info.folder", say="empty"),
    "f_dir_schema": folder(
        "info.folder_columns", kind="corrupts", say="`tools`", a__json=ARRAY, b__json=WRITERS["array"]([NO_TOOLS] * 2)
    ),
    "f_drift_10mb_msgkey": file(
        "file.late_column",
        WRITERS["lines"](
            [*FIRST_10_MB, {**LONG, "conversations": [{**turn, "weight": 1} for turn in FINE["conversations"]]}]
        ),
        "d.jsonl",
        say="conversations[].weight",
    ),
    "late_column": file("file.late_column", WRITERS["lines"]([*FIRST_10_MB, {**LONG, "id": 1}]), "d.jsonl", say="`id`"),
    "late_string": file(
        "file.late_column",
        WRITERS["lines"]([*([{**LONG, "id": None}] * 1900), {**LONG, "id": "a"}]),
        "d.jsonl",
        say="null",
    ),
    "late_fraction": file(
        "file.late_column",
        WRITERS["lines"]([*([{**LONG, "id": 1}] * 1900), {**LONG, "id": 1.5}]),
        "d.jsonl",
        say="whole",
    ),
    "objects_over_lines": file(
        "file.objects_over_lines",
        "\n".join([json.dumps(LONG, indent=1, ensure_ascii=False)] * 1950).encode(),
        "d.jsonl",
        say="several lines",
    ),
    "late_column_array": file(None, WRITERS["array"]([*FIRST_10_MB, {**LONG, "id": "x"}]), kind="loads"),
    "f_first1000_bad": file(
        "file.dropped_batch", WRITERS["array"]([*([DROPPED] * 1000), *([FINE] * 5)]), say="from 0 to 999"
    ),
    "f_last_batch_bad": file(
        "file.dropped_batch", WRITERS["array"]([*([FINE] * 1000), *([DROPPED] * 5)]), say="from 1000 to 1004"
    ),
    "middle_batch_bad": file(
        "file.dropped_batch",
        WRITERS["lines"]([*([FINE] * 1000), *([DROPPED] * 1000), *([FINE] * 5)]),
        "d.jsonl",
        say="from 1000 to 1999",
    ),
    "999_bad": file(None, WRITERS["array"]([*([DROPPED] * 999), *([FINE] * 5)]), kind="loads"),
    "null_tools_first": file(
        "info.null_column", WRITERS["array"]([*([{**FINE, "tools": None}] * 1000), FINE]), say="first 1000 rows"
    ),
    "mixed_id_array": rows("file.mixed_shape", {**FINE, "id": 1}, {**FINE, "id": "a"}, say="pandas"),
    "mixed_id_lines": rows("file.mixed_shape", {**FINE, "id": 1}, {**FINE, "id": "a"}, form="lines", say="PyArrow"),
    "mixed_bool": rows("file.mixed_shape", {**FINE, "meta": {"ok": True}}, {**FINE, "meta": {"ok": 1}}, say="meta.ok"),
    "int_and_float": rows(None, {**FINE, "id": 1}, {**FINE, "id": 1.5}, kind="loads"),
    "mixed_value": rows("file.mixed_shape", asked({"name": "get_tide", "arguments": {"port": "青岛"}}), say="value"),
    "dates": Case(
        {
            "d.jsonl": WRITERS["lines"](
                [{"instruction": f"几号？{n}", "input": "", "output": f"2024-01-0{n}"} for n in (1, 2)]
            )
        },
        {"d": {"file_name": "d.jsonl"}},
        "file.timestamps",
        say="date",
    ),
    "dates_array": Case(
        {
            "d.json": WRITERS["array"](
                [{"instruction": f"几号？{n}", "input": "", "output": f"2024-01-0{n}"} for n in (1, 2)]
            )
        },
        {"d": {"file_name": "d.json"}},
        None,
        kind="loads",
    ),
    "padded_arguments": Case(
        {
            "d.json": WRITERS["array"](
                [
                    {
                        **GOOD["openai"],
                        "messages": [
                            {"role": "user", "content": "？"},
                            {
                                "role": "assistant",
                                "content": "",
                                "tool_calls": [{"function": {"name": "f", "arguments": one}}],
                            },
                        ],
                    }
                    for one in ({"port": "青岛"}, {"zone": "cst"})
                ]
            )
        },
        {"d": {"file_name": "d.json", **OPENAI}},
        "file.null_padding",
        kind="corrupts",
        say="arguments",
    ),
    "i_tools_unmapped": info(
        "info.columns_reset", kind="corrupts", say="`tools`", columns={"messages": "conversations"}
    ),
    "i_no_columns": info("info.columns_reset", kind="corrupts", say="`tools`", columns=None),
    "no_messages_column": info("info.columns_reset", say="KeyError: None", columns={"tools": "tools"}),
    "i_no_formatting": info("info.formatting_mismatch", say="alpaca", formatting=None),
    "i_no_formatting_nocol": info("info.formatting_mismatch", say="alpaca", formatting=None, columns=None),
    "alpaca_as_sharegpt": info("info.formatting_mismatch", say="sharegpt", rows=[GOOD["alpaca"]] * 2),
    "i_partial_tags": info("info.tags_reset", say="user_tag", tags={"role_tag": "from", "content_tag": "value"}),
    "i_tags_no_fc": info(
        "info.tags_reset", say="function_tag", tags={**TAGS, "observation_tag": None, "function_tag": None}
    ),
    "i_wrong_content_tag": info("info.column_missing", say="`content`", tags={**TAGS, "content_tag": "content"}),
    "i_col_missing": info("info.column_missing", say="`functions`", columns={**COLUMNS, "tools": "functions"}),
    "i_alpaca_no_query": info(
        "info.columns_reset",
        kind="corrupts",
        say="`input`",
        rows=[{"instruction": "译", "input": "潮水", "output": "tide"}],
        formatting=None,
        columns={"prompt": "instruction", "response": "output"},
    ),
    "alpaca": info(None, kind="loads", rows=[GOOD["alpaca"]] * 2, formatting=None, columns=ALPACA["columns"]),
    "alpaca_without_input": info(
        "info.column_missing",
        say="`input`",
        rows=[{"instruction": "你好", "output": "你好！"}],
        formatting=None,
        columns=None,
    ),
    "bad_formatting": info("info.formatting", say="sharegpt2", formatting="sharegpt2"),
    "columns_list": info("info.wrong_type", say="columns", columns=["conversations"]),
    "i_num_samples_over": info(None, kind="loads", num_samples=10),
    "i_num_samples_0": info("info.num_samples", say="StopIteration", num_samples=0),
    "num_samples_negative": info("info.num_samples", say="mismatched", num_samples=-2),
    "i_split_test": info("info.split", say="`test`", split="test"),
    "split_slice": info(None, kind="loads", split="train[:50%]"),
    "i_abs_path": info(None, kind="loads", file_name="<here>/d.json"),
    "i_missing_file": info("info.file_missing", say="nope.json", file_name="nope.json"),
    "i_no_file_name": info("info.no_source", say="file_name", file_name=None),
    "ranking": info("info.ranking", say="ranking", ranking=True),
    "trailing_comma_info": Case(
        {"d.json": ARRAY}, json.dumps(entry()).encode()[:-1] + b",}", "info.unreadable", say="no JSON"
    ),
    "list_info": Case({"d.json": ARRAY}, b"[]", "info.unreadable", say="not an object"),
    "entry_list": Case({"d.json": ARRAY}, b'{"d": []}', "info.unreadable", say="no object"),
    "i_mix_alpaca_sharegpt": Case(
        {"a.json": WRITERS["array"]([{"instruction": "你好", "input": "", "output": "你好！"}]), "b.json": ARRAY},
        {"a": {"file_name": "a.json"}, "b": {**entry()["d"], "file_name": "b.json"}},
        None,
        kind="loads",
    ),
}
"""By name; those that begin with `f_` and `i_` bear the names that they have in a record of real runs."""
