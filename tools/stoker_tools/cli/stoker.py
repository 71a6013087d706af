"""The command `stoker`: a table of commands, each imported when it is called. Standard library only."""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stoker_tools import exit_codes
from stoker_tools.cli.command_line import Parser
from stoker_tools.errors import CommandError, ToolError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_root


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        name: Its name.
        module: The module whose `main` takes the arguments and returns the exit code.
        summary: A line for the list of commands.
        needs_checkout: Whether it works on Stoker's own source only.
    """

    name: str
    module: str
    summary: str
    needs_checkout: bool = False


GROUPS = {
    "to see it work": (
        Command("demo", "stoker_tools.cli.demo", "run a video job from the upload to the finished files"),
        Command("emulators", "stoker_tools.cli.emulators", "run the emulator suite with the functions"),
    ),
    "to build an app on it": (
        Command("install", "stoker_tools.cli.install.install", "put Stoker into an app or an empty folder"),
        Command("update", "stoker_tools.cli.install.update", "renew what was installed"),
        Command("uninstall", "stoker_tools.cli.install.uninstall", "take out what was installed; data stays"),
        Command("generate", "stoker_tools.cli.generate", "write rules, types and schemas from the models"),
        Command("explain", "stoker_tools.cli.explain.arguments", "explain why the rules would refuse a document"),
    ),
    "to operate it": (
        Command("doctor", "stoker_tools.cli.doctor.arguments", "report what is wrong with a running project"),
        Command("alerts", "stoker_tools.cli.alerts.arguments", "set up alerts and a dashboard in a project"),
        Command("deploy", "stoker_tools.cli.deploy.arguments", "name what is missing in a project, and deploy to it"),
        Command("jobs", "stoker_tools.cli.jobs.arguments", "list, watch, cancel, retry and delete jobs"),
        Command("roles", "stoker_tools.cli.roles.arguments", "give roles to users, such as to the first admin"),
        Command("keys", "stoker_tools.cli.keys.arguments", "rotate and revoke the keys with which the server signs"),
        Command("accounts", "stoker_tools.cli.accounts.arguments", "delete an account with all of its data"),
        Command("analytics", "stoker_tools.cli.analytics.arguments", "report and chart what users do"),
        Command("progress", "stoker_tools.cli.progress.arguments", "compute users' XP and levels again"),
        Command("costs", "stoker_tools.cli.costs.arguments", "estimate the bill of a month"),
    ),
    "to change it": (
        Command("test", "stoker_tools.cli.test.command", "run the tests", True),
        Command("check", "stoker_tools.cli.check", "check style, types and generated files", True),
        Command("build", "stoker_tools.cli.build", "make the wheels `stoker` and `stoker_tools`", True),
        Command("lock", "stoker_tools.cli.lock", "write the lock files of the environments", True),
        Command("bench", "stoker_tools.cli.bench", "run a benchmark", True),
        Command(
            "mutate-rules", "stoker_tools.cli.mutate_rules", "find mistakes in the rules that no test notices", True
        ),
    ),
}

COMMANDS = {command.name: command for group in GROUPS.values() for command in group}

PROGRAM = "scripts/stoker" if app_root.checkout() else "stoker"

SHORTER = "\n`scripts/NAME` is the same as `scripts/stoker NAME`.\n" if app_root.checkout() else ""

EXAMPLES = f"""\
examples:
  {PROGRAM} demo
  {PROGRAM} jobs list --emulator --status failed
  {PROGRAM} jobs --help
{SHORTER}"""

EXTRAS = {"datasketches": "analytics", "matplotlib": "charts"}
"""The extras of the tools that bring modules which only some commands need."""

VALUED = ("--project",)
"""Options before the command that take a value."""


def main(arguments: Sequence[str]) -> int:
    """Run a command line.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    name, others = command_first(arguments)
    if name is None:
        return _without_command(others)
    if name not in COMMANDS:
        _parser().error(f"there is no command {name!r}")
    try:
        if COMMANDS[name].needs_checkout and app_root.checkout() is None:
            raise CommandError(f"`stoker {name}` works on Stoker's own source: run it in a checkout of Stoker.")
        _finish_killed()
        return int(importlib.import_module(COMMANDS[name].module).main(others))
    except ToolError as error:
        print(app_root.as_typed(str(error)), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(file=sys.stderr)  # The shell's prompt then begins on a new line after "^C".
        return ExitCode.INTERRUPTED
    except ModuleNotFoundError as error:
        print(_missing(error), file=sys.stderr)
        return ExitCode.FAILED
    except RuntimeError as error:
        # By its name, because `stoker` may not be importable here.
        if type(error).__name__ not in ("ParameterError", "RegistrationError"):
            raise
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    except OSError as error:
        if error.strerror is None or isinstance(error, ConnectionError):
            raise  # Neither a file nor the disk is the reason.
        print(f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}.", file=sys.stderr)
        return ExitCode.FAILED


def _finish_killed() -> None:
    """Finish or undo what a killed `stoker install` has left, before any command reads the app's files."""
    here = Path.cwd()
    if any((folder / ".stoker").is_dir() for folder in (here, *here.parents)):
        from stoker_tools.install import journal

        if sentence := journal.finish_killed(here):
            print(sentence, file=sys.stderr)


def command_first(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the command's name and the other words, in their order. Options may stand before the command.

    Args:
        arguments: The words after the program's name.

    Example:
        >>> command_first(["--project", "demo", "jobs", "list"])
        ('jobs', ['--project', 'demo', 'list'])
    """
    is_value = False
    for number, word in enumerate(arguments):
        if not word.startswith("-") and not is_value:
            return word, [*arguments[:number], *arguments[number + 1 :]]
        is_value = word in VALUED
    return None, list(arguments)


def _missing(error: ModuleNotFoundError) -> str:
    """Return what to install. Without a checkout, the packages of some commands are extras.

    Raises:
        ModuleNotFoundError: No extra brings the module, so it is a fault.
    """
    module = str(error.name).partition(".")[0]
    if app_root.checkout() or module not in EXTRAS:
        raise error
    return f"The package {module} is missing: install the tools with it, by the extra `stoker_tools[{EXTRAS[module]}]`."


def _without_command(others: Sequence[str]) -> int:
    parser = _parser()
    if "--version" in others:
        print(f"stoker {app_root.version()}")
        return ExitCode.DONE
    if "--help" not in others and "-h" not in others:
        parser.error("name a command")
    parser.print_help()
    return ExitCode.DONE


def _parser() -> Parser:
    lines = []
    for title, commands in GROUPS.items():
        here = [command for command in commands if app_root.checkout() or not command.needs_checkout]
        lines += [f"{title}:", *(f"  {command.name:14}{command.summary}" for command in here), ""] if here else []
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND [ARGUMENT ...]",
        description="\n".join(["Run, operate and change a Firebase backend in Python.", "", *lines]).rstrip(),
        epilog=f"{EXAMPLES}\n{exit_codes.table()}",
    )
    parser.add_argument("--version", action="store_true", help="print the version of Stoker")
    parser.names = tuple(COMMANDS)
    return parser
