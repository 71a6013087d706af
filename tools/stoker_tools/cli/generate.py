"""The command `scripts/generate`: writes what is made from the models, or says what of it is stale."""

import argparse
import difflib
import sys

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

EXAMPLES = """\
examples:
  scripts/generate            writes the files of which something has changed
  scripts/generate --check    writes nothing; exit code 1 and the differences where a file is stale
"""


def main() -> int:
    """Runs the command line; the return value is the exit code."""
    options = _parser().parse_args()
    environment.enter("stoker_tools.cli.generate", (".venv",))
    sys.path.insert(0, str(environment.ROOT / "functions"))
    from stoker_tools.generate.errors import GenerateError
    from stoker_tools.generate.files import made_files  # needs what `enter` has installed

    try:
        files = made_files()
    except GenerateError as error:
        print(error, file=sys.stderr)
        return 1
    stale = []
    for path, text in files.items():
        file = environment.ROOT / path
        before = file.read_text() if file.exists() else ""
        if before == text:
            continue
        stale.append(path)
        if options.check:
            sys.stdout.writelines(
                difflib.unified_diff(
                    before.splitlines(keepends=True),
                    text.splitlines(keepends=True),
                    str(path),
                    f"{path}, as it must be",
                )
            )
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            print(f"wrote {path}")
    if options.check and stale:
        print(f"{len(stale)} of {len(files)} files are stale: run scripts/generate.", file=sys.stderr)
        return 1
    print(f"{len(files) - len(stale)} of {len(files)} files were up to date.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/generate",
        description="Writes what is made from the models in functions/stoker/models: the documents' shapes in the\n"
        "security rules, and the types and schemas for clients.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where a file is stale")
    return parser


if __name__ == "__main__":
    run_command(main)
