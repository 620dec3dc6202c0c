"""What is known of the chat templates, with and without LLaMA-Factory at hand."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from toolcall_data.errors import UsageError
from toolcall_data.target.templates import (
    RECORDED,
    installed_package,
    read_source,
    recorded,
    template_named,
    templates,
)

needs_trainer = pytest.mark.skipif(installed_package() is None, reason="LLaMA-Factory is not installed")


@needs_trainer
def test_record_is_what_is_installed() -> None:
    package = installed_package()
    assert package is not None
    assert importlib.metadata.version("llamafactory") == RECORDED
    found = read_source((package / "data" / "template.py").read_text(encoding="utf-8"))
    assert len(found) == 121
    assert found == recorded()[1]


def test_formats_of_calls() -> None:
    found = {name: (template.calls, template.tools) for name, template in recorded()[1].items()}
    assert found["qwen3"] == ("qwen", "qwen")
    assert found["bailing_v2"] == ("ling", "ling")
    assert found["phi4_mini"] == ("default", None)
    assert sum(calls == "default" for calls, _ in found.values()) == 75 + len(["phi4_mini"])


def test_families() -> None:
    found = recorded()[1]
    assert found["mistral"].folds_system
    assert not found["qwen3"].folds_system
    assert found["glm4_7"].is_reasoning
    assert found["glm4_7"].thought_words == ("<think>", "</think>")
    assert found["lfm2"].call_words == ("<|tool_call_start|>", "<|tool_call_end|>")
    assert found["qwen3_5"].counts_media
    assert not found["qwen3"].counts_media
    assert found["qwen"].has_default_system
    assert found["glm4"].efficient_eos


def test_a_changed_source_is_read_and_not_recalled(tmp_path: Path) -> None:
    """People register templates of their own in the installed file."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "template.py").write_text(
        "class Llama2Template(Template): pass\nclass Ours(Llama2Template): pass\n"
        'register_template("ours", template_class=Ours, format_tools=ToolFormatter(tool_format="qwen"))\n'
        "register_template(name=made_up())\n",
        encoding="utf-8",
    )
    assert list(templates(tmp_path)) == ["ours"]
    assert template_named("ours", tmp_path).folds_system
    assert template_named("ours", tmp_path).tools == "qwen"


def test_without_trainer_the_record_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    templates.cache_clear()
    monkeypatch.setattr("toolcall_data.target.templates.installed_package", lambda: None)
    assert template_named("qwen3").calls == "qwen"
    templates.cache_clear()


def test_unknown_template_names_the_nearest() -> None:
    with pytest.raises(UsageError) as error:
        template_named("qwen3_no_think")
    assert "qwen3_nothink" in str(error.value.hint)
