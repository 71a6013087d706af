"""`stoker doctor` asks the twin of Google about a project, and names what was taken away."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.deployed_world import REGION, TwinOfGoogle, deployed_world
from deploy.deployments import Deployed
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.google import Google
from stoker_tools.deploy.needs import ROLES
from stoker_tools.doctor.diagnosis import diagnose
from stoker_tools.doctor.expected import Expected, expected
from stoker_tools.doctor.google_facts import google_readers
from stoker_tools.doctor.place import Place
from stoker_tools.doctor.reading import SOURCES, read_all
from twin.google_world import World

Project = tuple[World, Expected]


@pytest.fixture
def project() -> Project:
    """A project to which this checkout was deployed."""
    return deployed_world()


def examined(project: Project) -> list[Finding]:
    world, wanted = project
    facts = read_all(google_readers(TwinOfGoogle(world), wanted, REGION))
    assert world.unknown == []
    assert world.writes() == []
    return diagnose(facts, wanted, Place(world.project, REGION, datetime.now(UTC)))


def codes(project: Project) -> list[str]:
    return [one.code for one in examined(project)]


def named(resources: dict[str, Any], text: str) -> Any:
    """Return the one resource whose name contains a text."""
    [found] = [resource for name, resource in resources.items() if text in name]
    return found


def test_nothing_is_wrong_with_a_project_after_a_deployment(project: Project) -> None:
    assert examined(project) == []


@pytest.mark.slow
def test_nothing_is_wrong_after_a_deployment_by_the_firebase_cli_but_cors(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It asks over HTTPS, as it asks Google. The Firebase CLI sets no CORS, and makes no service account."""
    google = deployed.google
    for name, value in google.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    wanted = expected(REGION, blocking=False, root=deployed.checkout.root)
    facts = read_all(google_readers(Google(google.world.project, "fake"), wanted, REGION))
    found = diagnose(facts, wanted, Place(google.world.project, REGION, datetime.now(UTC)))
    assert {one.code for one in found} == {"no-cors", "role-missing"}, found


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_each_role_that_is_taken_away_is_named(project: Project, role: Any) -> None:
    world = project[0]
    for policy in (world.policy, *world.policies.values()):
        policy["bindings"] = [one for one in policy["bindings"] if one["role"] != role.name]
    [found] = examined(project)
    assert found.code == "role-missing"
    assert f"lacks {role.name} on " in found.message
    assert found.cure == "scripts/deploy --project acme-prod"


def test_functions_that_run_as_the_default_account_are_named(project: Project) -> None:
    """So the Firebase CLI alone deploys them. In an older project, this account is an editor."""
    world = project[0]
    for one in world.functions.values():
        one["serviceConfig"]["serviceAccountEmail"] = world.default_account
    world.policy["bindings"].append({"role": "roles/editor", "members": [f"serviceAccount:{world.default_account}"]})
    [found] = examined(project)
    assert (found.code, found.severity) == ("role-too-broad", "warning")
    assert found.cure == "scripts/deploy --project acme-prod"


def test_a_paused_queue_is_named(project: Project) -> None:
    named(project[0].queues, "/videoprocessing")["state"] = "PAUSED"
    [found] = examined(project)
    assert found.code == "queue-off"
    assert found.cure == "gcloud tasks queues resume videoprocessing --location=us-central1 --project=acme-prod"


def test_a_schedule_that_is_off_is_named(project: Project) -> None:
    named(project[0].schedules, "-sweep_jobs-")["state"] = "PAUSED"
    [found] = examined(project)
    assert found.code == "schedule-off"
    assert "sweep_jobs" in found.message
    assert "gcloud scheduler jobs resume firebase-schedule-sweep_jobs-us-central1 " in found.cure


def test_missing_indexes_and_ttl_policies_are_named(project: Project) -> None:
    world, _ = project
    index = next(name for name in world.indexes if "/processingJobs/" in name)
    del world.indexes[index]
    del world.fields[next(name for name in world.fields if "/callCounts/fields/expiresAt" in name)]
    missing, ttl = examined(project)
    assert (missing.code, ttl.code) == ("index-missing", "ttl-missing")
    assert "processingJobs" in missing.message
    assert "callCounts.expiresAt" in ttl.message


def test_a_function_that_is_missing_and_one_that_failed_are_named(project: Project) -> None:
    world, _ = project
    del world.functions[next(name for name in world.functions if name.endswith("/retryJob"))]
    named(world.functions, "/dispatch_job")["state"] = "FAILED"
    missing, broken = examined(project)
    assert missing.message == "These functions are not deployed: retryJob."
    assert "dispatch_job" in broken.message


def test_rules_that_somebody_has_changed_in_the_console_are_named(project: Project) -> None:
    named(project[0].rulesets, "cloud.firestore")["files"][0]["content"] = "allow read, write;"
    assert codes(project) == ["rules-differ"]


def test_a_project_without_anything_has_a_finding_for_each_part(project: Project) -> None:
    _, wanted = project
    found = set(codes((World(bucket=None), wanted)))
    assert found == {
        *("functions-missing", "schedule-missing", "queue-missing", "index-missing", "ttl-missing"),
        *("no-bucket", "rules-missing"),
    }


READERS = google_readers(TwinOfGoogle(World()), expected(REGION, blocking=False), REGION)
DENIED = {name: source.permission for name, source in SOURCES.items() if name in READERS}


@pytest.mark.parametrize("permission", sorted(set(DENIED.values())))
def test_a_permission_that_the_caller_lacks_is_named(project: Project, permission: str) -> None:
    project[0].denied.add(permission)
    found = examined(project)
    assert {one.code for one in found} == {f"unread-{name}" for name, one in DENIED.items() if one == permission}
    assert all(permission in one.message and one.severity == "error" for one in found)


def test_an_api_that_is_off_is_named(project: Project) -> None:
    project[0].off.add("cloudtasks.googleapis.com")
    [found] = examined(project)
    assert found.cure == "gcloud services enable cloudtasks.googleapis.com --project=acme-prod"
