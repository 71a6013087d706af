"""The command `stoker`: its table, its help and its exit codes."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from stoker_tools.cli import stoker
from stoker_tools.cli.stoker import COMMANDS, command_first
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import MEANINGS, ExitCode, of_parts
from stoker_tools.setup.environment import ROOT

ON_PROJECT = ("jobs", "roles", "keys", "accounts", "analytics", "progress")


def ended(arguments: list[str]) -> int:
    """Run a command line; return the exit code."""
    with pytest.raises(SystemExit) as end:
        sys.exit(stoker.main(arguments))
    return int(str(end.value.code))


def test_every_command_has_a_script_and_every_script_a_command() -> None:
    scripts = {path.name for path in (ROOT / "scripts").iterdir() if path.is_file()}
    assert scripts == {*COMMANDS, "stoker", "python"}


def test_help_lists_all_commands_with_their_summaries(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for command in COMMANDS.values():
        assert f"  {command.name:14}{command.summary}" in lines
    assert "examples:" in lines


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples_and_exit_codes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([command, "--help"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"usage: scripts/{command} ")
    assert f"\nexamples:\n  scripts/{command}" in printed
    for code, meaning in MEANINGS.items():
        assert f"{int(code):5}  {meaning}\n" in printed


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["job"], "Did you mean jobs?"),
        (["emulator"], "Did you mean emulators?"),
        (["nonsense"], "there is no command 'nonsense'"),
        ([], "name a command"),
        (["--emulator"], "name a command"),
        (["jobs", "lsit"], "Did you mean list"),
        (["--emulator", "jobs", "retri"], "Did you mean retry"),
        (["bench", "media-time"], "Did you mean media_time"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(
    words: list[str], near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(words) == ExitCode.USAGE
    assert near in capsys.readouterr().err


@pytest.mark.parametrize("command", ON_PROJECT)
def test_common_options_stand_anywhere(command: str) -> None:
    parser = importlib.import_module(COMMANDS[command].module).parser()
    words = {"analytics": ["rebuild"], "progress": ["rebuild", "ada"], "accounts": ["show", "ada"]}
    subcommand, *others = words.get(command, ["list"])
    for line in (
        ["--emulator", "--project", "demo", "--json", subcommand, *others],
        [subcommand, "--emulator", "--project", "demo", "--json", *others],
        [subcommand, *others, "--emulator", "--project", "demo", "--json"],
        ["--emulator", subcommand, *others, "--project", "demo", "--json"],
    ):
        options = parser.parse_args(line)
        assert (options.emulator, options.project, options.json) == (True, "demo", True)
    options = parser.parse_args([subcommand, *others])
    assert (options.emulator, options.project, options.json) == (False, None, False)


def test_a_command_that_has_no_use_for_a_suite_takes_no_option_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["alerts", "--help"]) == 0
    assert "suite" not in capsys.readouterr().out.lower()
    assert ended(["alerts", "--emulator", "--email", "ops@example.com"]) == ExitCode.USAGE


def test_options_may_stand_before_the_command() -> None:
    assert command_first(["--project", "x", "--json", "jobs", "list"]) == ("jobs", ["--project", "x", "--json", "list"])


@pytest.mark.parametrize(
    ("raised", "code", "printed"),
    [
        (CommandError("It is locked.", ExitCode.LOCKED), 11, "It is locked.\n"),
        (CommandError("It failed."), 1, "It failed.\n"),
        (KeyboardInterrupt(), 130, "\n"),
        (PermissionError(13, "Permission denied", "/etc/x"), 1, "/etc/x: Permission denied.\n"),
        (OSError(28, "No space left on device"), 1, "No space left on device.\n"),
    ],
    ids=["locked", "failed", "interrupted", "not allowed", "full disk"],
)
def test_a_command_that_fails_ends_with_a_sentence_and_its_exit_code(
    raised: BaseException,
    code: int,
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: list[str]) -> int:
        raise raised

    monkeypatch.setattr(importlib.import_module(COMMANDS["check"].module), "main", fail)
    assert ended(["check"]) == code
    assert capsys.readouterr().err == printed


@pytest.mark.parametrize("raised", [BrokenPipeError(32, "Broken pipe"), TimeoutError("The job was silent.")], ids=repr)
def test_an_error_that_no_file_explains_keeps_its_stack_trace(raised: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: list[str]) -> int:
        raise raised

    monkeypatch.setattr(importlib.import_module(COMMANDS["check"].module), "main", fail)
    with pytest.raises(type(raised)):
        stoker.main(["check"])


def test_a_folder_that_does_not_exist_is_named_before_the_suite_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none" / "suite.json"
    assert ended(["emulators", "--write", str(file)]) == ExitCode.NOTHING_THERE
    assert capsys.readouterr().err == f"{file} can't be written: there is no folder {file.parent}.\n"


def test_the_exit_code_of_several_things() -> None:
    assert [of_parts(2, 0), of_parts(0, 0), of_parts(1, 1), of_parts(0, 2)] == [0, 0, 3, 1]


HELP = """
import contextlib, io, sys
from stoker_tools.cli import stoker
for command in ["", *stoker.COMMANDS]:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        stoker.main([*command.split(), "--help"])
    if not command:
        print(*(name for name in sys.modules if name.startswith("stoker_tools.")))
print("all")
"""


def test_help_needs_no_package_and_imports_no_command() -> None:
    command = [sys.executable, "-S", "-c", HELP]  # -S: no installed package can be imported.
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    first, last = done.stdout.splitlines()
    assert last == "all"
    assert set(first.split()) == {
        *("stoker_tools.cli", "stoker_tools.cli.stoker", "stoker_tools.cli.command_line"),
        *("stoker_tools.errors", "stoker_tools.exit_codes", "stoker_tools.setup", "stoker_tools.setup.app_root"),
    }
