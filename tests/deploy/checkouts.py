"""A fresh checkout of this repository, with nothing prepared, and the pinned Firebase CLI on it."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from conftest import missing
from deploy.terminal import Answers, Run, in_terminal, without_terminal
from stoker_tools.setup.environment import ROOT
from twin.proxy import Google

CLI = ROOT / "node_modules" / "firebase-tools" / "lib" / "bin" / "firebase.js"

SECONDS = 120
"""The longest time for a run of the CLI. It takes a tenth of that on a machine without other work."""


@dataclass(frozen=True)
class Checkout:
    """A checkout.

    Attributes:
        root: Its directory.
    """

    root: Path

    @property
    def functions(self) -> Path:
        """The directory of the functions."""
        return self.root / "functions"

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that occurs once in a file."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def firebase(
        self,
        google: Google,
        scratch: Path,
        *arguments: str,
        answers: Answers | None = None,
        token: bool = True,
    ) -> Run:
        """Run the Firebase CLI with Node.js as the only program on PATH: a deployment needs no Python.

        Args:
            google: The twin that stands for Google.
            scratch: The directory for what the CLI remembers.
            arguments: The arguments of the CLI.
            answers: The answers to its questions, as in `in_terminal`. None: the CLI has no terminal.
            token: Whether `FIREBASE_TOKEN` is set. Otherwise the CLI needs a login of its own.
        """
        if not CLI.exists():
            missing("The Firebase CLI")
        programs = _with_node(scratch / "programs")
        command = [str(programs / "node"), str(CLI), *arguments]
        environment = {**google.environment(scratch), "PATH": str(programs)}
        if not token:
            del environment["FIREBASE_TOKEN"]
        if answers is None:
            return without_terminal(command, self.root, environment, SECONDS)
        return in_terminal(command, self.root, environment, answers, SECONDS)

    def deploy(self, google: Google, scratch: Path, *options: str, answers: Answers | None = None) -> Run:
        """Run `firebase deploy` for the project of the twin. The arguments are as in `firebase`."""
        project = ("--project", google.world.project)
        quiet = ("--non-interactive",) if answers is None else ()
        return self.firebase(google, scratch, "deploy", *project, *quiet, *options, answers=answers)


def _with_node(directory: Path) -> Path:
    """Return a directory that holds Node.js and nothing else."""
    if not directory.exists():
        # The program on PATH may be a script that looks for the real one.
        found = subprocess.run(["node", "-p", "process.execPath"], capture_output=True, text=True, check=True)
        directory.mkdir()
        (directory / "node").symlink_to(found.stdout.strip())
    return directory


def fresh(directory: Path) -> Checkout:
    """Copy everything that git knows, or would know after `git add`, to a directory; return the copy."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        missing("git, or its repository,")
    for name in filter(None, found.stdout.split("\0")):
        source, target = ROOT / name, directory / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return Checkout(directory)
