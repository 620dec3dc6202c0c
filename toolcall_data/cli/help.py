"""`tcdata help`: topics that belong to no single command."""

from __future__ import annotations

import click

from toolcall_data.errors import UsageError
from toolcall_data.nearest import did_you_mean

TOPICS = {
    "exit-codes": """\
0    done, nothing at or above the fail level
1    findings at or above --fail-on; rows that a conversion left out;
     fix --diff or --check: something would change
2    wrong use: command line, recipe, unknown rule
3    a fault in tcdata; a crash file is named
4    a file is missing, unreadable or not decodable
5    nothing to do: no rows
6    the trainer failed
130  Ctrl-C; 143 SIGTERM; 141 the reader of a pipe went away""",
    "environment": """\
TCDATA_QUIET=1        as -q
TCDATA_VERBOSE=1      as -v
TCDATA_COLOR          auto, always or never; NO_COLOR and FORCE_COLOR are obeyed
TCDATA_NO_PROGRESS=1  no progress line
TCDATA_LANG           as --lang: en or zh; else LC_ALL, LC_MESSAGES, LANG
TCDATA_CONFIG         as --config of validate and fix: the settings file
TCDATA_JOBS           as --jobs of validate: processes
TCDATA_CACHE_DIR      where tiny models and probes are cached; default $XDG_CACHE_HOME/tcdata
OMP_NUM_THREADS       passed to the trainer; 1 is fastest for the tiny model on a busy CPU""",
    "config": """\
tcdata.toml, or [tool.tcdata] in pyproject.toml, in the folder of the first input or the nearest above it, up to the
root of the git repository. The command line outranks it.

extend = "../tcdata.toml"          settings to begin with

[validate]
select = ["call", "tool"]          only these rules: code, name, prefix or glob
ignore = ["zh.halfwidth_punct"]    not these
extend-select = ["ans.refusal"]    these as well, statistics too
fail-on = "error"                  error, warning, info, never, or rules
target = "llamafactory:qwen3"      whose verdict is predicted, or "none"
baseline = "known.json"            findings that are not reported again
jobs = 2                           processes

[severity]
"call.format" = "error"            by code, name, prefix or glob

[per-path."raw/*.jsonl"]           a glob relative to this file; * stands for slashes too
ignore = ["conv.call_in_text"]
severity = { "tool" = "info" }""",
}


@click.command("help", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("topic", required=False)
@click.pass_context
def command(context: click.Context, topic: str | None) -> None:
    """Read about a topic: exit-codes, environment, config; or about a command.

    \b
    Examples
      tcdata help exit-codes
      tcdata help mix
    """
    from toolcall_data.cli.main import group

    root = context.find_root()
    if topic is None:
        click.echo(group.get_help(root))
        click.echo(f"Topics: {', '.join(TOPICS)}")
    elif topic in TOPICS:
        click.echo(TOPICS[topic])
    elif (found := group.get_command(root, topic)) is not None:
        click.echo(found.get_help(click.Context(found, root, info_name=topic)))
    else:
        raise UsageError(f"no topic or command named `{topic}`", hint=did_you_mean(topic, [*TOPICS]))
