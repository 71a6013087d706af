"""The steps of a deployment: rules and indexes, then the functions, then the CORS configuration of the bucket.

`account_steps` has the steps for the service account of the functions.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from stoker_tools.deploy import cors
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import Bucket
from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import CODEBASE
from stoker_tools.setup.installers import ENDINGS, Interruption

CorsResult = Literal["set", "unchanged", "not configured"]
"""The end of a change of the CORS configuration."""

FIREBASE = "node_modules/.bin/firebase"
"""The pinned Firebase CLI, below the checkout."""

LOOK_SECONDS = 0.2
"""The time between two looks for a signal while the CLI runs, in seconds."""


@dataclass(frozen=True)
class Step:
    """A run of the Firebase CLI.

    Attributes:
        title: A line of progress.
        targets: The targets that it deploys.
        arguments: Its arguments.
    """

    title: str
    targets: tuple[str, ...]
    arguments: tuple[str, ...]


def steps(plan: Plan) -> list[Step]:
    """Return the runs of the CLI, in their order.

    Args:
        plan: The deployment.
    """
    # --force lets the CLI make the service account and the clean-up policy, and delete functions that are no longer
    # declared, without a question. For Firestore it would delete indexes, so it stands only at the functions.
    # The CLI skips functions that did not change only if no codebase is named. But --force would then also delete
    # functions of the other codebases.
    ours = "functions" if plan.is_alone else f"functions:{CODEBASE}"
    parts = [
        ("Deploying rules and indexes. No index is deleted.", plan.targets, (",".join(plan.targets),)),
        ("Deploying the functions.", ("functions",), (ours, "--force")),
    ]
    return [
        Step(title, targets, ("deploy", "--non-interactive", "--only", *only, "--project", plan.project))
        for title, targets, only in parts
        if targets
    ]


def deploy(root: Path, plan: Plan, report: Callable[[str], None], *, quietly: bool) -> list[str]:
    """Deploy rules, indexes and functions; return the targets that were deployed.

    Args:
        root: The checkout.
        plan: The deployment.
        report: It takes a line of progress.
        quietly: Whether the output of the CLI goes to stderr.

    Raises:
        CommandError: The CLI has failed.
        Interruption: A signal has arrived. The CLI has ended.
    """
    done: list[str] = []
    for step in steps(plan):
        report(step.title)
        code = _run(root, step, quietly=quietly)
        if code:
            before = f" Deployed before: {', '.join(done)}." if done else ""
            raise CommandError(
                f"The Firebase CLI has ended with {code}.{before} Its messages are above. Mend what they name, and run "
                "scripts/deploy again.",
                ExitCode.INCOMPLETE if done else ExitCode.FAILED,
            )
        done += step.targets
    return done


def _run(root: Path, step: Step, *, quietly: bool) -> int:
    line = [str((root if app_root.checkout() else app_root.node_folder()) / FIREBASE), *step.arguments]
    with _received() as received, subprocess.Popen(line, cwd=root, stdout=sys.stderr if quietly else None) as process:
        while not received:
            try:
                code = process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            if not received:  # Ctrl-C in a terminal ends the CLI too.
                return code
        process.terminate()
    raise Interruption(
        received[0], "Interrupted. A part of it may be deployed. Run scripts/deploy again: it goes on there."
    )


@contextmanager
def _received() -> Iterator[list[int]]:
    """Yield the numbers of the signals that arrive in the block.

    The handlers raise nothing, because an exception could come while the process starts, and nobody would know it.
    """
    received: list[int] = []
    # A signal that the caller ignores, such as SIGHUP under nohup, stays ignored.
    handled = [ending for ending in ENDINGS if signal.getsignal(ending) not in (signal.SIG_IGN, None)]
    before = {ending: signal.signal(ending, lambda number, _frame: received.append(number)) for ending in handled}
    try:
        yield received
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def set_cors(google: Google, bucket: Bucket | None, plan: Plan) -> CorsResult:
    """Let pages of the configured origins read files of the bucket.

    Args:
        google: The project.
        bucket: The bucket as it is.
        plan: The deployment.

    Raises:
        CommandError: Google has refused the change.
    """
    if not plan.origins or bucket is None:
        return "not configured"
    wanted: list[Any] = cors.merged(bucket.cors, plan.origins)
    if wanted == list(bucket.cors):
        return "unchanged"
    address = f"storage.googleapis.com/storage/v1/b/{quote(bucket.name, safe='')}"
    try:
        google.call("PATCH", address, {"cors": wanted}, fields="cors")
    except GoogleRefusal as refusal:
        raise CommandError(
            f"Everything is deployed, but the CORS configuration of {bucket.name} could not be set. Google: "
            f"{refusal.message}",
            ExitCode.INCOMPLETE,
        ) from None
    return "set"
