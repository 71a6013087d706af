"""The command `stoker generate`: write the files that are made from the models, or list the stale files."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_code, app_root, environment
from stoker_tools.setup.functions_folder import functions_folder

DESCRIPTION = """\
Writes the generated files and regions: the checks in the security rules, the indexes, the types and schemas for
clients, and tables in the docs. The sources are the models, queries, job types and errors in functions/stoker.
"""

EXAMPLES = {
    "": "write the files that have changed",
    "--check": "write nothing; show the differences and fail if a file is stale",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    parser = CommandLine("generate", DESCRIPTION, EXAMPLES).parser
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a file is stale")
    options = parser.parse_args(arguments)
    environment.enter((".venv",) if app_root.checkout() else ())
    if app_root.checkout() is None:
        from stoker_tools.cli.install.commands import generate

        return generate(app_root.app(), check=options.check)
    try:
        app_code.load(functions_folder())
    except app_code.AppCodeError as error:
        raise CommandError(str(error)) from None
    from stoker_tools.generate.errors import GenerateError
    from stoker_tools.generate.files import made_files  # It needs the packages that `enter` has installed.

    try:
        files = made_files()
    except GenerateError as error:
        raise CommandError(str(error)) from None
    stale = 0
    for path, text in files.items():
        file = app_root.app() / path
        before = file.read_text() if file.exists() else ""
        if before == text:
            continue
        stale += 1
        if options.check:
            _show_difference(path, before, text)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            print(f"wrote {path}")
    if options.check and stale:
        raise CommandError(f"{stale} of {len(files)} files are stale: run scripts/generate.")
    print(f"{len(files) - stale} of {len(files)} files were up to date.")
    return ExitCode.DONE


def _show_difference(path: Path, before: str, after: str) -> None:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    sys.stdout.writelines(difflib.unified_diff(old, new, str(path), f"{path}, as it must be"))
