"""The manifest of the functions that `firebase deploy` reads, with only `functions/` installed."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import missing
from stoker import registry

FUNCTIONS = Path(__file__).parents[2] / "functions"
RESOLVE = Path(__file__).with_name("resolved.cjs")

DISCOVER = """
import json, yaml
from firebase_functions.private import serving
print(json.dumps(yaml.safe_load(serving.functions_as_yaml(serving.get_functions()))))
"""

PARAMETERS = (
    {"STOKER_REGION": "us-central1", "STOKER_BLOCKING": "true"},
    {"STOKER_REGION": "europe-west1", "STOKER_BLOCKING": "false"},
)
"""The parameters with which both ways of discovery are compared."""

EVENT = {"availableMemoryMb": 512, "cpu": 1, "timeoutSeconds": 60, "concurrency": 40}
CALL = {"availableMemoryMb": 256, "cpu": 1, "timeoutSeconds": 60, "concurrency": 40}
SCHEDULE = {"availableMemoryMb": 512, "cpu": 1, "timeoutSeconds": 300, "concurrency": 1}
WORKER = {"availableMemoryMb": 8192, "cpu": 2, "timeoutSeconds": 1800, "concurrency": 1}
BATCH = {"availableMemoryMb": 1024, "cpu": 1, "timeoutSeconds": 1800, "concurrency": 1}


BLOCKING = {"before_created", "before_signed_in"}


@pytest.fixture(scope="module")
def endpoints() -> dict[str, Any]:
    """All functions, with those that need Identity Platform."""
    return endpoints_of(STOKER_BLOCKING="true")


def endpoints_of(**parameters: str) -> dict[str, Any]:
    """Return the functions of `described` by their names."""
    return dict(described(**parameters)["endpoints"])


def described(**parameters: str) -> dict[str, Any]:
    """Return the manifest that Python makes with some parameters of `functions/.env`."""
    # It holds the packages of requirements.txt and nothing else.
    python = FUNCTIONS / "venv" / "bin" / "python"
    if not python.exists():
        missing("functions/venv")
    # Alone: nothing of this checkout, no credentials, no project.
    found = subprocess.run(
        [str(python), "-W", "error", "-c", DISCOVER],
        cwd=FUNCTIONS,
        env=parameters,
        capture_output=True,
        text=True,
        check=True,
    )
    manifest: dict[str, Any] = json.loads(found.stdout)
    return manifest


@pytest.fixture(scope="module")
def resolved() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The functions that the CLI would deploy with each of `PARAMETERS`: from functions.yaml, and from Python."""
    if not (FUNCTIONS.parent / "node_modules" / "firebase-tools").exists():
        missing("The Firebase CLI")
    asked = [{"parameters": each, "manifest": described(**each)} for each in PARAMETERS]
    done = subprocess.run(
        ["node", str(RESOLVE), str(FUNCTIONS)], input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True
    )
    return [(from_file, from_python) for from_file, from_python in json.loads(done.stdout)]


@pytest.mark.slow
@pytest.mark.parametrize("case", range(len(PARAMETERS)), ids=lambda case: " ".join(PARAMETERS[case].values()))
def test_functions_yaml_declares_what_python_declares(
    resolved: list[tuple[dict[str, Any], dict[str, Any]]], case: int
) -> None:
    from_file, from_python = resolved[case]
    region = PARAMETERS[case]["STOKER_REGION"]
    assert from_file["endpoints"] == from_python["endpoints"]
    assert from_file["endpoints"].keys() == {region}
    assert (from_file["endpoints"][region].keys() >= BLOCKING) == (PARAMETERS[case]["STOKER_BLOCKING"] == "true")
    assert set(from_python["apis"]) <= set(from_file["apis"])


def test_all_are_of_the_second_generation_in_one_region(endpoints: dict[str, Any]) -> None:
    assert all(endpoint["region"] == ["us-central1"] for endpoint in endpoints.values())
    assert all(endpoint["platform"] == "gcfv2" for endpoint in endpoints.values())


@pytest.mark.parametrize("budget", [120, 60])
def test_the_instances_of_all_functions_fit_into_the_budget_of_processors(budget: int) -> None:
    found = endpoints_of(STOKER_BLOCKING="true", STOKER_VCPU=str(budget))
    assert all(endpoint["maxInstances"] >= 1 for endpoint in found.values())
    assert sum(endpoint["cpu"] * endpoint["maxInstances"] for endpoint in found.values()) <= budget
    workers = [endpoint for endpoint in found.values() if "taskQueueTrigger" in endpoint]
    for endpoint in workers:
        at_once = endpoint["taskQueueTrigger"]["rateLimits"]["maxConcurrentDispatches"]
        assert at_once == endpoint["maxInstances"]


def test_these_functions_are_deployed(endpoints: dict[str, Any]) -> None:
    workers = {queue.name for job_type in registry.job_types().values() for queue in job_type.queues}
    assert workers >= {"videoprocessing", "audiogeneration", "batchoperation", "accountdeletion"}
    assert endpoints.keys() == {
        *("dispatch_job", *workers, "sweep_jobs", "roll_up_events", "retryJob", "deleteJob", "setRole"),
        *BLOCKING,
        *("ensureProfile", "deleteAccount", "on_user_created", "on_user_deleted"),
        *("on_task_written", "reconcile_profiles", "reconcile_owners", "reconcile_progress"),
        *("on_job_deleted", "reconcile_outputs"),
    }


@pytest.mark.parametrize("parameters", [{}, {"STOKER_BLOCKING": "false"}, {"STOKER_BLOCKING": ""}], ids=str)
def test_a_project_without_identity_platform_can_deploy(endpoints: dict[str, Any], parameters: dict[str, str]) -> None:
    without = endpoints_of(**parameters)
    assert without.keys() == endpoints.keys() - BLOCKING
    assert not any("blockingTrigger" in one for one in without.values())


@pytest.mark.parametrize("name", ["STOKER_BLOCKING", "STOKER_KEEP_OUTPUTS"])
def test_a_slip_in_a_parameter_is_named(name: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        described(**{name: "yes"})
    assert f"{name} is 'yes'. Set it to true or false" in failed.value.stderr


@pytest.mark.parametrize(("name", "kind"), [("on_user_created", "created"), ("on_user_deleted", "deleted")])
def test_these_hear_of_accounts_by_a_trigger_that_is_global(endpoints: dict[str, Any], name: str, kind: str) -> None:
    assert endpoints[name]["eventTrigger"] == {
        "eventType": f"google.firebase.auth.user.v2.{kind}",
        "eventFilters": {},
        "region": "global",  # the CLI refuses any other
        # With retries, the CLI deploys only with --force or after a question. The reconcile does what was lost.
        "retry": False,
    }


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("dispatch_job", EVENT),
        ("videoprocessing", WORKER),
        ("audiogeneration", {**WORKER, "availableMemoryMb": 4096}),
        ("batchoperation", BATCH),
        ("accountdeletion", BATCH),
        ("sweep_jobs", SCHEDULE),
        ("roll_up_events", {**SCHEDULE, "timeoutSeconds": 120}),
        ("on_job_deleted", EVENT),
        ("retryJob", CALL),
        ("deleteJob", CALL),
        ("setRole", CALL),
        ("ensureProfile", CALL),
        ("deleteAccount", CALL),
        ("before_created", EVENT),
        ("before_signed_in", EVENT),
        ("on_user_created", EVENT),
        ("on_user_deleted", EVENT),
        ("on_task_written", EVENT),
        ("reconcile_profiles", {**SCHEDULE, "timeoutSeconds": 1800}),
        ("reconcile_owners", {**SCHEDULE, "timeoutSeconds": 1800}),
        ("reconcile_progress", {**SCHEDULE, "timeoutSeconds": 1800}),
        ("reconcile_outputs", {**SCHEDULE, "timeoutSeconds": 1800}),
    ],
)
def test_each_has_its_memory_cpu_time_and_concurrency(
    endpoints: dict[str, Any], name: str, resources: dict[str, int]
) -> None:
    assert {key: endpoints[name][key] for key in resources} == resources


def test_the_dispatcher_hears_of_new_jobs(endpoints: dict[str, Any]) -> None:
    trigger = endpoints["dispatch_job"]["eventTrigger"]
    assert trigger["eventType"] == "google.cloud.firestore.document.v1.created"
    assert trigger["eventFilterPathPatterns"] == {"document": "processingJobs/{jobId}"}
    assert trigger["retry"] is False  # no Python Firestore trigger can be retried: the sweeper is there for that


def test_outputs_go_with_any_document_that_is_deleted(endpoints: dict[str, Any]) -> None:
    trigger = endpoints["on_job_deleted"]["eventTrigger"]
    assert trigger["eventType"] == "google.cloud.firestore.document.v1.deleted"
    assert trigger["eventFilterPathPatterns"] == {"document": "processingJobs/{jobId}"}
    # With retries, the CLI deploys only with --force or after a question. The reconcile does what was lost.
    assert trigger["retry"] is False


@pytest.mark.parametrize(
    ("name", "at_once"),
    [("videoprocessing", 20), ("audiogeneration", 10), ("batchoperation", 20), ("accountdeletion", 5)],
)
def test_the_queues_try_again_and_back_off(endpoints: dict[str, Any], name: str, at_once: int) -> None:
    trigger = endpoints[name]["taskQueueTrigger"]
    assert trigger["retryConfig"] == {
        "maxAttempts": 5,
        "minBackoffSeconds": 10,
        "maxBackoffSeconds": 300,
        "maxDoublings": 4,
    }
    assert trigger["rateLimits"] == {"maxConcurrentDispatches": at_once}


@pytest.mark.parametrize("name", ["sweep_jobs", "roll_up_events"])
def test_these_run_each_minute(endpoints: dict[str, Any], name: str) -> None:
    assert endpoints[name]["scheduleTrigger"]["schedule"] == "every 1 minutes"


def test_clients_call_these(endpoints: dict[str, Any]) -> None:
    assert {name for name, one in endpoints.items() if "callableTrigger" in one} == {
        *("retryJob", "deleteJob", "setRole", "ensureProfile", "deleteAccount"),
    }


def test_auth_asks_before_a_user_is_made_and_before_one_is_signed_in(endpoints: dict[str, Any]) -> None:
    asked = {name: one["blockingTrigger"] for name, one in endpoints.items() if "blockingTrigger" in one}
    assert {name: one["eventType"].rpartition(".")[2] for name, one in asked.items()} == {
        "before_created": "beforeCreate",
        "before_signed_in": "beforeSignIn",
    }
    assert not any(any(one["options"].values()) for one in asked.values())  # no token of the user's is passed on


def test_progress_hears_of_all_that_is_written_to_tasks(endpoints: dict[str, Any]) -> None:
    trigger = endpoints["on_task_written"]["eventTrigger"]
    assert trigger["eventType"] == "google.cloud.firestore.document.v1.written"
    assert trigger["eventFilterPathPatterns"] == {"document": "tasks/{taskId}"}


@pytest.mark.parametrize("name", ["reconcile_profiles", "reconcile_owners", "reconcile_progress", "reconcile_outputs"])
def test_the_reconciles_run_each_day(endpoints: dict[str, Any], name: str) -> None:
    assert endpoints[name]["scheduleTrigger"]["schedule"] == "every 24 hours"


def test_every_queue_has_its_function(endpoints: dict[str, Any]) -> None:
    queues = {name for name, endpoint in endpoints.items() if "taskQueueTrigger" in endpoint}
    assert queues == {queue.name for job_type in registry.job_types().values() for queue in job_type.queues}


def test_firebase_json_deploys_python_313_without_the_environment() -> None:
    settings = json.loads((FUNCTIONS.parent / "firebase.json").read_text())
    [codebase] = settings["functions"]
    assert (codebase["source"], codebase["runtime"]) == ("functions", "python313")
    assert "venv" in codebase["ignore"]
