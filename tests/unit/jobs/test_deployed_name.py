"""The names of queues if `firebase.json` has a prefix."""

import pytest
from firebase_admin import functions
from hypothesis import given
from hypothesis import strategies as st

from stoker import config, registry
from stoker.jobs import queue
from stoker.jobs.deployed_name import deployed_name, prefix_of
from stoker.jobs.states import JobState
from stoker_tools.generate.access import entries
from stoker_tools.setup.environment import ROOT

FUNCTIONS = sorted(entries((ROOT / "rules/functions.rules").read_text()))
QUEUES = [one.name for job_type in registry.job_types().values() for one in job_type.queues]

PREFIXES = st.from_regex(r"[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?", fullmatch=True)
"""Every prefix that the Firebase CLI accepts (functions/projectConfig.js, validatePrefix)."""


def service_of(function: str) -> str:
    """Return the name of a function's service, as the CLI makes it (gcp/runv2.js, functionNameToServiceName)."""
    return function.lower().replace("_", "-")


@given(PREFIXES, st.sampled_from(FUNCTIONS), st.sampled_from(QUEUES), st.booleans())
def test_every_function_finds_every_queue(prefix: str, function: str, name: str, in_emulator: bool) -> None:
    deployed = f"{prefix}-{function}"
    service = deployed if in_emulator else service_of(deployed)
    assert deployed_name(name, {"FUNCTION_TARGET": function, "K_SERVICE": service}) == f"{prefix}-{name}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_a_prefix_a_queue_has_its_own_name(function: str) -> None:
    for service in (function, service_of(function)):
        assert (
            deployed_name("videoprocessing", {"FUNCTION_TARGET": function, "K_SERVICE": service}) == "videoprocessing"
        )


@pytest.mark.parametrize(
    ("target", "service"),
    [
        ("", ""),
        ("dispatch_job", ""),
        ("", "acme-dispatch-job"),
        ("dispatch_job", "sweep-jobs"),
        ("retryJob", "acme-tryjob"),
        ("tryJob", "acmeretryjob"),
    ],
    ids=["in a command-line tool", "no service", "no target", "another function", "a longer name", "no hyphen"],
)
def test_what_does_not_fit_together_is_no_prefix(target: str, service: str) -> None:
    assert prefix_of(target, service) == ""


def test_a_prefix_that_ends_like_the_function_is_a_prefix() -> None:
    assert prefix_of("dispatch_job", "dispatch-job-dispatch-job") == "dispatch-job-"


def asked_for(monkeypatch: pytest.MonkeyPatch, job: JobState) -> list[str]:
    """Return the names of the queues into which a job is put."""
    names: list[str] = []

    class Queue:
        def enqueue(self, payload: object, options: object) -> None:
            """Take every task."""

    def task_queue(name: str, app: object) -> Queue:
        names.append(name)
        return Queue()

    monkeypatch.setattr(queue, "app", lambda: None)
    monkeypatch.setattr(functions, "task_queue", task_queue)
    queue.enqueue(job, "created")
    return names


def test_a_worker_puts_the_jobs_that_it_has_made_into_the_queues_that_are_deployed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FUNCTION_TARGET", "batchoperation")
    monkeypatch.setenv("K_SERVICE", "my-app-2-batchoperation")
    [name] = asked_for(monkeypatch, JobState("holiday-000", type="video-processing", parent_id="holiday"))
    assert name == f"locations/{config.REGION}/functions/my-app-2-videoprocessing"


def test_a_command_line_tool_uses_the_name_in_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("FUNCTION_TARGET", "K_SERVICE"):
        monkeypatch.delenv(variable, raising=False)
    [name] = asked_for(monkeypatch, JobState("holiday", type="video-processing"))
    assert name == f"locations/{config.REGION}/functions/videoprocessing"
