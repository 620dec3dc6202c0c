"""`tcdata`: finds the command, runs it, and turns every error into text and an exit code.

Commands stand in a table of strings, so that help needs none of their modules.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from toolcall_data.cli.terminal import GLOBAL_OPTIONS, Terminal
from toolcall_data.errors import ExitCode, InputError, TcdataError, UsageError
from toolcall_data.nearest import nearest

COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Inspect": {
        "validate": ("validate", "judge data by the rules, row by row"),
        "browse": ("browse", "read samples and findings in the terminal"),
        "explain": ("explain", "explain a rule"),
        "rules": ("rules", "list the rules"),
        "formats": ("formats", "list the formats that are read and written"),
    },
    "Change": {
        "fix": ("fix", "apply the fixes of the rules, every other byte left as it is"),
        "convert": ("convert", "write a file in another format"),
    },
    "Build and train": {
        "mix": ("mix", "curate the sources of a recipe into a LLaMA-Factory dataset"),
        "train": ("train", "train on a recipe's mix with LLaMA-Factory"),
    },
    "Project": {
        "init": ("init", "write a starter recipe beside your data"),
        "recipe": ("recipe", "check a recipe, print its JSON schema"),
        "doctor": ("doctor", "show versions, the trainer found and what is missing"),
        "completion": ("completion", "print the shell completion script"),
        "help": ("help", "read about exit codes, environment, formats"),
    },
}
ALIASES = {"check": "validate", "view": "browse"}
_MODULE_OF = {name: module for group in COMMANDS.values() for name, (module, _) in group.items()}


class _ClosedPipeError(Exception):
    """Whoever read our output went away."""


class _Group(click.Group):
    """Commands by name from the table; help from the table alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULE_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in _MODULE_OF:
            return None
        found = import_module(f"toolcall_data.cli.{_MODULE_OF[name]}").command
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in _MODULE_OF or name in ALIASES:
            return super().resolve_command(ctx, args)
        if os.path.exists(name):
            hint = f"did you mean `tcdata browse {name}` or `tcdata validate {name}`?"
        else:
            near = nearest(name, [*_MODULE_OF, *ALIASES], most=3)
            hint = (
                f"did you mean {', '.join(f'`{found}`' for found in near)}?" if near else "`tcdata --help` lists them"
            )
        raise UsageError(f"no command named `{name}`", hint=hint)

    def invoke(self, ctx: click.Context) -> object:
        """The command's result; a closed pipe is raised past click, which would end the process with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ClosedPipeError from error

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write = formatter.write
        write("tcdata: check, curate and mix tool-calling data for LLMs, and train on it with LLaMA-Factory.\n\n")
        write("Usage: tcdata COMMAND [OPTIONS] [PATHS]\n")
        for group, commands in COMMANDS.items():
            write(f"\n{group}\n")
            for name, (_, text) in commands.items():
                write(f"  {name:<12} {text}\n")
        write("\nOptions of every command\n")
        for text, meaning in GLOBAL_OPTIONS:
            write(f"  {text:<28} {meaning}\n")
        write("\nExamples\n  tcdata validate train.json\n  tcdata mix quickstart\n  tcdata train quickstart --smoke\n")


@click.group(
    cls=_Group,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-V", "--version", is_flag=True, help="Show the version.")
@click.pass_context
def group(context: click.Context, version: bool) -> None:
    if version:
        from toolcall_data.version import __version__

        print(f"tcdata {__version__}")
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())
        context.exit(ExitCode.USAGE)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; the only place where errors become text."""
    terminal = Terminal()
    try:
        rest = terminal.take_options(arguments)
        result = group.main(rest, prog_name="tcdata", standalone_mode=False, obj=terminal)
        sys.stdout.flush()
        return result if isinstance(result, int) else ExitCode.OK
    except TcdataError as error:
        terminal.error(error)
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        terminal.error(_usage_error(error))
        return ExitCode.USAGE
    except click.ClickException as error:
        terminal.error(UsageError(error.format_message()))
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        terminal.line("interrupted; nothing half-written was left behind")
        return ExitCode.INTERRUPTED
    except (_ClosedPipeError, BrokenPipeError):
        _close_output()
        return ExitCode.CLOSED_PIPE
    except OSError as error:
        _close_output()
        place = f"{error.filename}: " if error.filename else ""
        terminal.error(InputError(f"{place}{error.strerror or error}"))
        return ExitCode.INPUT
    except Exception as error:
        return terminal.crash(error, arguments)


def _usage_error(error: click.UsageError) -> UsageError:
    hint = "`tcdata --help`"
    if error.ctx is not None and error.ctx.command is not group:
        hint = f"`{error.ctx.command_path} --help`"
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        hint = f"did you mean {', '.join(f'`{name}`' for name in error.possibilities)}?"
    message = error.format_message().rstrip(".")
    return UsageError(f"{message[0].lower()}{message[1:]}" if message else "wrong use", hint=hint)


def _close_output() -> None:
    """Point stdout elsewhere, so that the interpreter's last flush does not complain of what cannot be written."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
