"""The log line of a call that Google has refused for a missing permission."""

import json

import pytest
from firebase_admin import exceptions as admin
from google.api_core import exceptions

from stoker.logs import CURE, JobLog


def cure(error: Exception, capfd: pytest.CaptureFixture[str]) -> str | None:
    """Log an error; return the field `cure` of its line."""
    JobLog("holiday").error("A call has failed.", error)
    said = capfd.readouterr()
    line = json.loads((said.out + said.err).strip())
    found = line.get("cure")
    return None if found is None else str(found)


DENIED = [
    exceptions.PermissionDenied("Missing or insufficient permissions."),
    exceptions.Forbidden("... does not have storage.objects.get access"),
    admin.PermissionDeniedError("... lacks IAM permission"),
]


@pytest.mark.parametrize("error", DENIED, ids=["Firestore", "Cloud Storage", "Cloud Tasks and Firebase Auth"])
def test_it_names_the_command_that_names_the_role(error: Exception, capfd: pytest.CaptureFixture[str]) -> None:
    assert cure(error, capfd) == CURE


def test_it_names_the_command_if_the_refusal_is_the_cause_of_the_error(capfd: pytest.CaptureFixture[str]) -> None:
    error = RuntimeError("no upload")
    error.__cause__ = DENIED[1]
    assert cure(error, capfd) == CURE


def test_another_error_has_no_cure(capfd: pytest.CaptureFixture[str]) -> None:
    assert cure(exceptions.NotFound("no such object"), capfd) is None


def test_an_error_that_is_its_own_cause_is_logged_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    first, second = RuntimeError("no upload"), RuntimeError("no answer")
    first.__cause__, second.__cause__ = second, first
    assert cure(first, capfd) is None
