"""The sentence in a job's `error` after an attempt that failed says what happens next, or what the user can do."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from stoker.access.answers import https_error
from stoker.errors import InvalidJob, TransientError, Unavailable
from stoker.jobs.events import FailedPermanently, FailedTransiently
from stoker.jobs.states import JobState
from stoker.jobs.transitions import decide
from stoker_tools.setup.environment import ROOT

CODE = ROOT / "functions" / "stoker"

FOR_PYTHON = ("jobs/commands.py",)
"""The files whose errors are for the code that creates a job, and not for the owner of a job that failed."""

ADVICE = re.compile(
    r"(?:^|[.:;] )(?:Try|Retry|Call|Begin|Start|Write|Create|Upload|Wait|Ask)\b|tr(?:y|ied) again|\bmust\b"
)
"""A sentence in the imperative, or other words that tell the reader to do something."""

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def running(attempt: int) -> JobState:
    """Return a job with three attempts, while an attempt runs."""
    return JobState(
        "holiday", "processing", attempt=attempt, max_attempts=3, lease_token="t", attempt_began=NOW, started_at=NOW
    )


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (1, "The upload was incomplete. The job is tried again by itself."),
        (3, "The upload was incomplete. Retry the job later. If it fails again, report its id."),
    ],
)
def test_a_transient_error_says_what_happens_next(attempt: int, sentence: str) -> None:
    failed = FailedTransiently(Unavailable("The upload was incomplete."), wait_seconds=5)
    assert decide(running(attempt), failed, NOW).fields["error"] == sentence


def test_a_permanent_error_stays_as_it_was_raised() -> None:
    failed = FailedPermanently(InvalidJob("This job can't run: type: is missing. Correct it and write a new job."))
    assert decide(running(1), failed, NOW).fields["error"] == failed.error.message


def kinds(root: type[TransientError] = TransientError) -> Iterator[str]:
    """Yield the names of all transient errors."""
    yield root.__name__
    for kind in root.__subclasses__():
        yield from kinds(kind)


def written(argument: ast.expr) -> str:
    """Return the text of a message in the code. It is empty if the text stands elsewhere."""
    match argument:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr():
            return "".join(written(part) or "..." for part in argument.values)
        case _:
            return ""


def raised() -> Iterator[tuple[str, str]]:
    """Yield the file and the message of each transient error that the code makes."""
    names = set(kinds())
    for file in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Name(name), args=[argument]) if name in names and (text := written(argument)):
                    yield str(file.relative_to(CODE)), text


RAISED = [(file, text) for file, text in raised() if file not in FOR_PYTHON]


def test_the_messages_of_the_code_are_found() -> None:
    assert ("access/account.py", "Firebase Auth did not answer.") in RAISED
    assert len(RAISED) > 15


@pytest.mark.parametrize(("file", "message"), RAISED)
def test_a_transient_error_of_the_code_leaves_the_advice_to_the_engine(file: str, message: str) -> None:
    assert not ADVICE.search(message), f"{file} gives an advice, and the engine adds another one"
    assert message.endswith("."), "another sentence follows"


def test_the_caller_of_a_function_is_advised_to_try_again() -> None:
    assert https_error(Unavailable("Firebase Auth did not answer.")).message == (
        "Firebase Auth did not answer. Try again in a moment."
    )
    assert https_error(InvalidJob("The job has no type.")).message == "The job has no type."
