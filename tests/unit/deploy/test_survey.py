"""The facts of a project, read from the twin of Google in this process."""

from dataclasses import replace
from typing import Any

import pytest

from stoker_tools.deploy import cors, preflight, survey
from stoker_tools.deploy.deployer import ENABLING, NEEDED_APIS, PERMISSIONS
from stoker_tools.deploy.deployment_plan import Plan, Planned
from stoker_tools.deploy.facts import Bucket, Database, Deployed, Facts, Images, Quota, SignIn
from twin.google_world import World
from unit.deploy.near import Near

PLACE = "projects/acme-prod/locations/us-central1"

PLAN = Plan(
    project="acme-prod",
    origins=("https://app.example.com",),
    blocking=True,
    functions=(Planned("films", is_queue=True), Planned("before_created", event="beforeCreate")),
)


def read(world: World, project: str = "acme-prod") -> Facts:
    """Return the facts of a world."""
    facts = survey.facts(Near(world, project), "us-central1")
    assert world.unknown == []
    assert world.writes() == []
    return facts


def function(name: str, **more: Any) -> dict[str, Any]:
    """Return the state of a world with a function."""
    full = f"{PLACE}/functions/{name}"
    return {full: {"name": full, "environment": "GEN_2", **more}}


def codes(world: World, plan: Plan = PLAN) -> list[str]:
    """Return the codes of the findings for a world."""
    return [finding.code for finding in preflight.findings(plan, read(world))]


def test_a_new_project_has_these_facts() -> None:
    assert read(World()) == Facts(
        database=Database("nam5"),
        bucket=Bucket("acme-prod.firebasestorage.app", "US-CENTRAL1"),
        sign_in=SignIn(),
        quota=Quota(vcpu=100),
    )


def test_a_project_that_was_deployed_to_has_these_facts() -> None:
    labels = {"firebase-functions-codebase": "stoker", "firebase-declarative-security-etag": "label"}
    addresses = {"url": "https://a.cloudfunctions.net/films", "serviceConfig": {"uri": "https://films.run.app"}}
    repository = f"{PLACE}/repositories/gcf-artifacts"
    facts = read(
        World(
            memory_gib=40,
            cors=[cors.entry(["https://app.example.com"])],
            functions=function("films", labels=labels, **addresses) | function("old", environment="GEN_1"),
            queues={f"{PLACE}/queues/films": {"name": f"{PLACE}/queues/films", "state": "PAUSED"}},
            repositories={repository: {"name": repository, "cleanupPolicies": {"any": {}}}},
            blocking={"triggers": {"beforeCreate": {"functionUri": "https://other.run.app"}}},
        )
    )
    assert facts.bucket
    assert facts.bucket.cors == (cors.entry(["https://app.example.com"]),)
    both = frozenset({"https://a.cloudfunctions.net/films", "https://films.run.app"})
    assert facts.deployed == (
        Deployed("films", "us-central1", "stoker", addresses=both, roles="label"),
        Deployed("old", "us-central1", "default", generation=1),
    )
    assert facts.queues == {"films": "PAUSED"}
    assert facts.images == Images(clean_up=True)
    assert facts.quota == Quota(vcpu=100, memory_gib=40)
    assert facts.sign_in == SignIn(triggers={"beforeCreate": "https://other.run.app"})


def test_a_project_that_is_not_there_is_not_asked_for_more() -> None:
    world = World()
    assert read(world, "another-project") == Facts(seen=False)
    assert len(world.calls) == 1


def test_a_project_that_the_caller_may_not_see() -> None:
    facts = read(World(denied={"firebase.projects.get"}))
    assert not facts.seen
    assert "firebase.projects.get" in facts.refusal


def test_everything_that_is_missing_is_named_at_once() -> None:
    world = World(database=None, bucket=None, identity_platform=False, vcpu=0, denied={"run.services.setIamPolicy"})
    world.without_blaze()
    assert codes(world) == [
        *("no-blaze", "no-permission", "no-database", "no-bucket", "no-identity-platform", "over-quota", "over-quota"),
    ]


def test_a_new_project_without_any_api_can_be_deployed_to_after_the_two_that_the_cli_needs() -> None:
    of_databases_and_files = {f"{name}.googleapis.com" for name in ("firestore", "firebasestorage", "storage")}
    world = World(off=set(NEEDED_APIS) - of_databases_and_files)
    assert codes(world, replace(PLAN, blocking=False)) == ["api-off", "no-auth", "not-read"]


@pytest.mark.parametrize("permission", sorted(set(PERMISSIONS) - {ENABLING, "firebase.projects.get"}))
def test_each_permission_that_the_deployer_lacks_is_named_with_a_role(permission: str) -> None:
    found = preflight.findings(PLAN, read(World(denied={permission})))
    assert found[0].code == "no-permission"
    assert permission in found[0].message
    assert "--role=roles/" in found[0].cure
    assert {finding.code for finding in found[1:]} <= {"not-read"}


def test_what_is_deployed_elsewhere_is_found() -> None:
    labels = {"firebase-functions-codebase": "stoker"}
    west = "projects/acme-prod/locations/europe-west1/functions/films"
    world = World(
        functions=function("films") | {west: {"name": west, "labels": labels}},
        blocking={"triggers": {"beforeCreate": {"functionUri": "https://other.run.app"}}},
    )
    assert codes(world) == ["name-taken", "event-taken", "other-region"]
