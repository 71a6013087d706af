"""`stoker doctor` asks the twin of Google about a project, and names what was taken away."""

import threading
from dataclasses import replace
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
from stoker_tools.doctor.fact_sources import SOURCES
from stoker_tools.doctor.google_facts import google_readers
from stoker_tools.doctor.place import Place
from stoker_tools.doctor.reading import read_all
from stoker_tools.doctor.unread_facts import Unread
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


def test_rules_and_indexes_are_those_of_the_app_s_database_and_bucket(project: Project) -> None:
    world, wanted = project
    own = replace(wanted, database="app-data", bucket="app-files")
    assert "rules-missing" in codes((world, own))
    for resources in (world.releases, world.indexes, world.fields):
        for name, one in list(resources.items()):
            moved = name.replace("(default)", "app-data").replace("cloud.firestore", "cloud.firestore/app-data")
            moved = moved.replace(world.bucket_name, "app-files")
            resources[moved] = {**one, "name": moved}
            del resources[name]
    world.bucket_name = "app-files"
    assert codes((world, own)) == ["role-missing"], "the roles on the bucket were not moved"


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
    [missing] = examined(project)
    [ttl] = missing.follows
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


def test_a_project_without_anything_has_two_causes(project: Project) -> None:
    """A deployment needs the bucket, and does not make it."""
    _, wanted = project
    deployment, bucket = examined((World(bucket=None), wanted))
    assert (deployment.code, bucket.code) == ("not-deployed", "no-bucket")
    follows = {one.code for one in (*deployment.follows, *bucket.follows)}
    assert follows == {"schedule-missing", "queue-missing", "index-missing", "ttl-missing", "rules-missing"}


def test_functions_in_another_region_are_one_cause(project: Project) -> None:
    world, wanted = project
    there = google_readers(TwinOfGoogle(world), wanted, "europe-west1")
    endpoints = [replace(one, region="europe-west1") for one in wanted.endpoints]
    place = Place(world.project, "europe-west1", datetime.now(UTC))
    [found] = diagnose(read_all(there), replace(wanted, endpoints=endpoints), place)
    assert (found.code, found.cure.partition(" in ")[0]) == ("wrong-region", "Set STOKER_REGION=us-central1")
    assert {one.code for one in found.follows} == {"schedule-missing", "queue-missing", "function-left-over"}


READERS = google_readers(TwinOfGoogle(World()), expected(REGION, blocking=False), REGION)
DENIED = {name: source.permission for name, source in SOURCES.items() if name in READERS}


@pytest.mark.parametrize("permission", sorted(set(DENIED.values())))
def test_a_permission_that_the_caller_lacks_is_named(project: Project, permission: str) -> None:
    project[0].denied.add(permission)
    [found] = examined(project)
    assert (found.severity, found.code) == ("error", "may-not-read")
    assert permission in found.message
    names = [name for name, one in DENIED.items() if one == permission]
    if {"functions", "queues"} & set(names):
        names.append("policies")  # Functions and queues are things that have roles.
    assert [one.code for one in found.follows] == [f"unread-{name}" for name in names]


def test_a_caller_without_any_role_gets_one_finding(project: Project) -> None:
    project[0].denied |= set(DENIED.values()) | {"firebase.projects.get"}
    [found] = examined(project)
    assert found.code == "may-not-read"
    assert found.cure.count(" --role=") == 3


@pytest.mark.parametrize("api", ["cloudtasks", "cloudfunctions", "cloudscheduler", "firestore", "firebaserules"])
def test_an_api_that_is_off_is_named(project: Project, api: str) -> None:
    project[0].off.add(f"{api}.googleapis.com")
    [found] = examined(project)
    assert found.code == "apis-off"
    assert found.cure == f"gcloud services enable {api}.googleapis.com --project=acme-prod"


class SilentTwin(TwinOfGoogle):
    """A twin of which some APIs do not answer until the end of the test."""

    def __init__(self, world: World, silent: frozenset[str], end: threading.Event) -> None:
        super().__init__(world)
        self.silent, self.end = silent, end

    def call(self, method: str, url: str, body: Any = None, **query: Any) -> Any:
        """Call an API; see `Google`."""
        if url.partition("/")[0] in self.silent:
            self.end.wait()
        return super().call(method, url, body, **query)


@pytest.mark.parametrize("api", sorted({SOURCES[name].api for name in READERS}))
def test_an_api_that_does_not_answer_delays_nothing_else(project: Project, api: str) -> None:
    world, wanted = project
    named(world.queues, "/videoprocessing")["state"] = "PAUSED"
    end = threading.Event()
    try:
        readers = google_readers(SilentTwin(world, frozenset({api}), end), wanted, REGION)
        facts = read_all(readers, 0.5)
    finally:
        end.set()
    silent, *others = diagnose(facts, wanted, Place(world.project, REGION, datetime.now(UTC)))
    assert (silent.code, silent.message.partition(":")[0]) == ("no-answer", f"{api} does not answer")
    assert [one.code for one in others] == ([] if isinstance(facts["queues"], Unread) else ["queue-off"])
