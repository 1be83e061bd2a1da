"""The command line: global options, lazily loaded commands, and the one place where faults become exit codes."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from contextlib import suppress
from difflib import get_close_matches
from io import TextIOWrapper
from types import FrameType
from typing import Any, NoReturn

import click

from jobs.commands.options import shared_options
from jobs.ending import ending_signals
from jobs.errors import EXPECTED, FAILED, INTERRUPTED, exit_code

COMMANDS = {
    "demo": "jobs.commands.starting:demo",
    "init": "jobs.commands.starting:init",
    "sync": "jobs.commands.filling:sync",
    "import": "jobs.commands.filling:import_",
    "text": "jobs.commands.reading:text",
    "parse": "jobs.commands.parsing:parse",
    "changes": "jobs.commands.reading:changes",
    "report": "jobs.commands.reporting:report",
    "coverage": "jobs.commands.analysing:coverage",
    "run": "jobs.commands.operating:run",
    "schedule": "jobs.commands.operating:schedule",
    "audit": "jobs.commands.operating:audit",
    "reparse": "jobs.commands.operating:reparse",
    "export": "jobs.commands.exporting:export",
    "status": "jobs.commands.reading:status",
}


class LazyGroup(click.Group):
    """Loads a command's module when the command is called, so that a run that finds nothing ends quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, or None."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest known command named for a mistyped one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"; did you mean “{near[0]}”?" if near else "; “wikitrail --help” lists them."
            raise click.UsageError(f"There is no command “{args[0]}”{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@shared_options
@click.version_option(package_name="wikitrail", message="%(package)s %(version)s")
def cli() -> None:
    """Mirrors a MediaWiki into SQLite and says what changed.

    Try “wikitrail demo” first: it needs no wiki and no network. Exit codes: 0 done, 1 failed, 2 wrong usage or
    configuration, 75 temporary failure (try again), 130 interrupted.
    """


def main() -> NoReturn:
    """Run the command line and leave with the exit code of the design."""
    for number in ending_signals():
        signal.signal(number, _interrupt)
    _open_closed_streams()
    arguments = sys.argv[1:]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no umlauts is no reason to stop
    try:
        outcome: Any = cli.main(args=arguments, prog_name="wikitrail", standalone_mode=False)
        sys.exit(outcome if isinstance(outcome, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"Error: {_sentence(error)}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        with suppress(OSError):  # the terminal may be what has gone
            click.echo("Stopped. What was committed is kept; the next run goes on from there.", err=True)
        sys.exit(INTERRUPTED)
    except EXPECTED as error:
        click.echo(f"Error: {_shown(str(error))}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # The reader of our output has gone, as “| head” does; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(FAILED)
    except OSError as error:
        click.echo(f"Error: {error.filename or 'the output'} cannot be written or read ({error.strerror}).", err=True)
        sys.exit(FAILED)
    except Exception as error:
        if any(word in ("-v", "--verbose") for word in arguments):
            traceback.print_exc()
        click.echo(
            f"Error: something went wrong that wikitrail did not foresee ({type(error).__name__}: {error}); "
            "the database keeps what was committed. Run again with -v and report what it prints.",
            err=True,
        )
        sys.exit(FAILED)


def _open_closed_streams() -> None:
    """Standard streams that the caller has closed, as some daemons do, lead nowhere, and their numbers to no file."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            while (opened := os.open(os.devnull, os.O_RDWR)) < number:
                pass
            setattr(sys, name, os.fdopen(opened, mode, encoding="utf-8"))


def _sentence(error: click.ClickException) -> str:
    """What is wrong with a call, and which help says more."""
    message = _shown(error.format_message())
    context = getattr(error, "ctx", None)
    hint = f"“{context.command_path} --help” says more." if context else ""
    if not hint or hint[: -len(" says more.")] in message:
        return message
    return f"{message}{'' if message.endswith(('.', '?', '!')) else '.'} {hint}"


def _shown(message: str) -> str:
    """A message without characters that could steer a terminal: it may quote a wiki, a file or a name."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in message)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM, or a terminal that is closed, ends a run as Ctrl-C does: its batch is rolled back, the run is marked."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
