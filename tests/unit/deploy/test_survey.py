"""The facts of a project, read from the twin of Google in this process."""

from dataclasses import replace
from typing import Any

import pytest

from stoker_tools.deploy import cors, preflight, survey
from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.deployer import ENABLING, PERMISSIONS, needed_apis
from stoker_tools.deploy.deployment_plan import Plan, Planned
from stoker_tools.deploy.facts import Bucket, Database, Facts, Images, Quota, Refusal, SignIn
from stoker_tools.deploy.google import GoogleRefusal
from twin.google_world import World
from unit.deploy.near import Near

PLACE = "projects/acme-prod/locations/us-central1"

PLAN = Plan(
    project="acme-prod",
    origins=("https://app.example.com",),
    blocking=True,
    functions=(Planned("films", is_queue=True), Planned("before_created", event="beforeCreate")),
)


def read(world: World, project: str = "acme-prod", plan: Plan = PLAN) -> Facts:
    """Return the facts of a world."""
    facts = survey.facts(Near(world, project), plan)
    assert world.unknown == []
    assert world.writes() == []
    return facts


def function(name: str, **more: Any) -> dict[str, Any]:
    """Return the state of a world with a function."""
    full = f"{PLACE}/functions/{name}"
    return {full: {"name": full, "environment": "GEN_2", "state": "ACTIVE", **more}}


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
    labels = {"firebase-functions-codebase": "stoker"}
    service = {"uri": "https://films.run.app", "service": f"{PLACE}/services/films"}
    addresses = {"url": "https://a.cloudfunctions.net/films", "serviceConfig": service}
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
        DeployedFunction("films", "us-central1", addresses=both, service=f"{PLACE}/services/films"),
        DeployedFunction("old", "us-central1", codebase="default", generation=1),
    )
    assert facts.queues == {"films": "PAUSED"}
    assert facts.images == Images(clean_up=True)
    assert facts.quota == Quota(vcpu=100, memory_gib=40)
    assert facts.sign_in == SignIn(triggers={"beforeCreate": "https://other.run.app"})


def test_a_bucket_that_keeps_its_files_is_named() -> None:
    world = World(retention=7 * 86_400)
    [found] = [one for one in preflight.findings(replace(PLAN, blocking=False), read(world)) if one.code == "retention"]
    assert "keeps each file for 7 days" in found.message


def test_the_database_and_the_bucket_are_those_of_the_app() -> None:
    plan = replace(PLAN, blocking=False, database="app-data", bucket="app-files")
    found = {one.code: one for one in preflight.findings(plan, read(World(), plan=plan))}
    assert "databases:create 'app-data'" in found["no-database"].cure
    assert "There is no bucket app-files." in found["no-bucket"].message
    there = World(bucket_name="app-files")
    assert "no-bucket" not in {one.code for one in preflight.findings(plan, read(there, plan=plan))}
    assert list(there.made("GET", "defaultBucket")) == []


def test_a_project_that_is_not_there_is_not_asked_for_more() -> None:
    world = World()
    assert read(world, "another-project") == Facts(seen=False)
    assert len(world.calls) == 1


def test_a_project_that_the_caller_may_not_see() -> None:
    facts = read(World(denied={"firebase.projects.get"}))
    assert not facts.seen
    assert facts.refusal
    assert "firebase.projects.get" in facts.refusal.message


def test_everything_that_is_missing_is_named_at_once() -> None:
    world = World(database=None, bucket=None, identity_platform=False, vcpu=0, denied={"run.services.setIamPolicy"})
    world.without_blaze()
    assert codes(world) == [
        *("no-blaze", "no-permission", "no-database", "no-bucket", "no-identity-platform", "over-quota", "over-quota"),
    ]


def test_a_new_project_without_any_api_can_be_deployed_to_after_the_two_that_the_cli_needs() -> None:
    of_databases_and_files = {f"{name}.googleapis.com" for name in ("firestore", "firebasestorage", "storage")}
    world = World(off=set(needed_apis(PLAN)) - of_databases_and_files)
    assert codes(world, replace(PLAN, blocking=False)) == ["api-off", "not-read", "no-auth"]


def test_an_api_of_a_feature_that_is_off_may_be_off_too() -> None:
    world = World(off={"texttospeech.googleapis.com"}, denied={ENABLING})
    plan = replace(PLAN, blocking=False)
    [found] = [one for one in preflight.findings(plan, read(world)) if one.code == "api-off"]
    assert "texttospeech" in found.message
    without = replace(plan, apis=plan.apis - world.off)
    assert "api-off" not in [one.code for one in preflight.findings(without, read(world, plan=without))]


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


class Faulty(Near):
    """A project for which Google answers a part of the calls with a fault of its own."""

    def __init__(self, world: World, part: str, answer: Any = None) -> None:
        super().__init__(world)
        self.part, self.answer = part, answer

    def call(self, method: str, url: str, body: Any = None, **query: str | list[str]) -> Any:
        """Call the twin, but for the calls whose address has the part."""
        if self.part not in url:
            return super().call(method, url, body, **query)
        if self.answer is None:
            raise GoogleRefusal(503, "UNAVAILABLE", "The service is unavailable.")
        return self.answer


def test_a_fault_of_google_at_the_first_call_is_no_missing_project() -> None:
    facts = survey.facts(Faulty(World(), "firebase.googleapis.com/"), PLAN)
    assert facts == Facts(seen=False, refusal=Refusal("The service is unavailable.", 503))


@pytest.mark.parametrize(
    ("part", "fact"), [("/functions", "deployed"), (":testIamPermissions", "missing"), ("/storage/v1/b/", "bucket")]
)
def test_a_fault_of_google_stops_the_deployment(part: str, fact: str) -> None:
    facts = survey.facts(Faulty(World(), part), PLAN)
    assert facts.unread == {fact: Refusal("The service is unavailable.", 503)}
    first = preflight.findings(PLAN, facts)[0]
    assert (first.code, first.severity) == ("not-read", "error")
    assert first.cure == "Run scripts/deploy again in a few minutes."


@pytest.mark.parametrize(
    ("places", "codes"),
    [
        (["us-central1"], ["not-read"]),
        (["projects/acme-prod/locations/us-central1"], ["not-read"]),
        (["asia-east1"], []),
    ],
)
def test_a_list_without_the_functions_of_the_region_is_not_read(places: list[str], codes: list[str]) -> None:
    google = Faulty(World(), "/functions", {"functions": [], "unreachable": places})
    facts = survey.facts(google, PLAN)
    assert [finding.code for finding in preflight.findings(PLAN, facts)] == codes
    assert list(facts.unread) == (["deployed"] if codes else [])


def test_functions_and_queues_with_a_prefix_are_compared_by_their_full_names() -> None:
    plan = replace(PLAN, blocking=False, functions=(Planned("acme-films", is_queue=True),))
    queue = f"{PLACE}/queues/acme-films"
    paused = World(queues={queue: {"name": queue, "state": "PAUSED"}})
    assert codes(paused, plan) == ["paused-queue"]
    assert codes(World(functions=function("films")), plan) == []
    assert codes(World(functions=function("acme-films")), plan) == ["name-taken"]
    ours = {"labels": {"firebase-functions-codebase": "stoker"}}
    assert codes(World(functions=function("acme-films", **ours)), plan) == []
    assert codes(World(functions=function("films", **ours)), plan) == ["renamed"]
