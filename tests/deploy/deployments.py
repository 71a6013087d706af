"""A deployment of this repository that many tests look at."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.checkouts import Checkout, fresh
from deploy.terminal import Run
from twin.google_world import World
from twin.proxy import Google, started

QUESTIONS = {"How many days do you want to keep container images": "\r"}
"""The question of the Firebase CLI at the first deployment, with the answer of somebody who agrees."""

LEFTOVERS = (
    *("venv/pyvenv.cfg", "stoker/__pycache__/config.cpython-313.pyc", ".mypy_cache/3.13/main.json", ".ruff_cache/x"),
    *(".pytest_cache/README.md", "firebase-debug.log", ".env.local", ".secret.local"),
)
"""Files that a developer leaves in the directory of the functions. They are not part of the source."""


@dataclass(frozen=True)
class Deployed:
    """This repository, deployed twice to a new project.

    Attributes:
        google: The twin, after both deployments.
        checkout: The checkout.
        first: The first deployment, from a fresh checkout: somebody types `firebase deploy` into a terminal.
        second: The second deployment, by a script. The source has not changed, but `LEFTOVERS` lie in the checkout.
        written_again: The calls of the second deployment that changed something.
    """

    google: Google
    checkout: Checkout
    first: Run
    second: Run
    written_again: list[str]


@contextlib.contextmanager
def twice(directory: Path) -> Iterator[Deployed]:
    """Deploy this repository twice.

    Args:
        directory: An empty directory.
    """
    scratch = directory / "scratch"
    scratch.mkdir()
    checkout = fresh(directory / "checkout")
    with started(World(), directory) as google:
        first = checkout.deploy(google, scratch, answers=QUESTIONS)
        written = google.world.writes()
        for name in LEFTOVERS:
            file = checkout.functions / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("STOKER_REGION=left-behind1\n")
        second = checkout.deploy(google, scratch)
        yield Deployed(google, checkout, first, second, google.world.writes()[len(written) :])
