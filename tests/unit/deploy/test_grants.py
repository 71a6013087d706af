"""The roles of the functions' service account: given on the twin of Google, without a change of anything else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.deploy import account_steps, survey
from stoker_tools.deploy.deployment_plan import Plan, Planned
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.google import GoogleRefusal
from stoker_tools.deploy.grants import Grant, roles_in, with_roles
from stoker_tools.deploy.iam_policies import PAUSES, give
from stoker_tools.deploy.service_account import remember
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from twin.google_world import World
from twin.refusals import Json
from unit.deploy.near import Near

PLACE = "projects/acme-prod/locations/us-central1"
PLAN = Plan(
    "acme-prod",
    functions=(
        Planned("films", is_queue=True, is_private=True),
        Planned("retryJob"),
        Planned("sweep", is_private=True),
    ),
)
OTHERS: Json = {"role": "roles/run.invoker", "members": ["user:ada@acme.example"]}
UNDER_A_CONDITION: Json = {
    "role": "roles/datastore.user",
    "members": [f"serviceAccount:{PLAN.account}"],
    "condition": {"title": "by day", "expression": "request.time.getHours() < 12"},
}


def world_with(*, account: bool = True, **more: Any) -> World:
    """Return a project with the functions of the plan, their queue, and a function of the app."""
    functions: dict[str, Json] = {}
    for name in ("films", "retryJob", "sweep", "mine"):
        labels = {"firebase-functions-codebase": "default" if name == "mine" else "stoker"}
        service = {"service": f"{PLACE}/services/{name}", "uri": f"https://{name}.run.app"}
        full = f"{PLACE}/functions/{name}"
        functions[full] = {"name": full, "environment": "GEN_2", "labels": labels, "serviceConfig": service}
    queues = {f"{PLACE}/queues/{name}": {"name": f"{PLACE}/queues/{name}"} for name in ("films", "mine")}
    accounts = {PLAN.account: {"email": PLAN.account}} if account else {}
    return World(functions=functions, queues=queues, service_accounts=accounts, **more)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout. Its manifest is a text."""
    monkeypatch.setattr(account_steps, "manifest", lambda functions: "made anew")
    (tmp_path / "functions" / "stoker").mkdir(parents=True)
    (tmp_path / "firebase.json").write_text('{"functions": {"source": "functions", "codebase": "stoker"}}')
    return tmp_path


def facts(world: World, plan: Plan = PLAN) -> Facts:
    return survey.facts(Near(world), plan)


def lacking(world: World) -> tuple[Grant, ...] | None:
    found = facts(world).account
    return found.lacking if found else None


def prepared(world: World, root: Path, plan: Plan = PLAN) -> list[str]:
    """Make the account and give it its roles; return the lines of progress."""
    said: list[str] = []
    account_steps.prepare(root, Near(world), plan, facts(world, plan), said.append)
    return said


def test_a_new_account_gets_each_role_on_its_resources_and_nothing_else(root: Path) -> None:
    world = world_with(account=False)
    assert lacking(world) is None
    said = prepared(world, root)
    assert said[0].startswith(f"Making the service account of the functions, {PLAN.account}. ")
    assert said[-1] == "functions/.env and functions/functions.yaml name the account now. Commit both files."
    assert (root / "functions/functions.yaml").read_text() == "made anew"
    assert lacking(world) == ()
    held = {name: world.roles_of(PLAN.account, name) for name in ("", *world.policies)}
    assert held == {
        "": {
            *("roles/datastore.user", "roles/firebaseauth.admin", "roles/eventarc.eventReceiver"),
            "roles/logging.logWriter",
        },
        world.bucket_name: {"roles/storage.objectAdmin"},
        f"projects/acme-prod/serviceAccounts/{PLAN.account}": {"roles/iam.serviceAccountUser"},
        f"{PLACE}/queues/films": {"roles/cloudtasks.enqueuer"},
        f"{PLACE}/services/films": {"roles/run.invoker"},
        f"{PLACE}/services/sweep": {"roles/run.invoker"},
    }


def test_the_roles_of_others_and_conditions_stay(root: Path) -> None:
    world = world_with()
    world.policy["bindings"] = [UNDER_A_CONDITION]
    world.policies[f"{PLACE}/services/films"] = {"version": 1, "etag": "BwX7", "bindings": [OTHERS]}
    prepared(world, root)
    assert UNDER_A_CONDITION in world.policy["bindings"]
    [binding] = world.policies[f"{PLACE}/services/films"]["bindings"]
    assert binding["members"] == [*OTHERS["members"], f"serviceAccount:{PLAN.account}"]
    versions = [
        call.query.get("options.requestedPolicyVersion")
        or call.query.get("optionsRequestedPolicyVersion")
        or call.body["options"]["requestedPolicyVersion"]
        for call in world.calls
        if call.path.endswith((":getIamPolicy", "/iam")) and not call.writes
    ]
    assert {str(version) for version in versions} == {"3"}


def test_an_account_that_lacks_nothing_is_left_alone(root: Path) -> None:
    world = world_with()
    prepared(world, root)
    written = len(world.writes())
    assert prepared(world, root, replace(PLAN, named_account="stoker")) == []
    assert len(world.writes()) == written


ENV = "# The account.\n{}\n# STOKER_VCPU=100\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ENV.format("# STOKER_SERVICE_ACCOUNT=stoker"), ENV.format("STOKER_SERVICE_ACCOUNT=stoker")),
        (ENV.format("STOKER_SERVICE_ACCOUNT="), ENV.format("STOKER_SERVICE_ACCOUNT=stoker")),
        (ENV.format("#  STOKER_SERVICE_ACCOUNT=stoker"), ENV.format("STOKER_SERVICE_ACCOUNT=stoker")),
        ("# No STOKER_SERVICE_ACCOUNT=a\n", "# No STOKER_SERVICE_ACCOUNT=a\nSTOKER_SERVICE_ACCOUNT=stoker\n"),
        (
            ENV.format("# STOKER_SERVICE_ACCOUNT=a\nSTOKER_SERVICE_ACCOUNT="),
            ENV.format("STOKER_SERVICE_ACCOUNT=stoker"),
        ),
        ("STOKER_BLOCKING=true", "STOKER_BLOCKING=true\nSTOKER_SERVICE_ACCOUNT=stoker\n"),
        ("", "STOKER_SERVICE_ACCOUNT=stoker\n"),
    ],
    ids=["comment", "empty", "indented", "words", "both", "missing", "no file"],
)
def test_the_parameters_keep_their_other_lines(root: Path, before: str, after: str) -> None:
    file = root / "functions/.env"
    if before:
        file.write_text(before)
    assert remember(root / "functions") == file
    assert file.read_text() == after


def test_another_account_gets_the_same_roles_and_is_not_made(root: Path) -> None:
    world = world_with()
    other = "mine@acme-prod.iam.gserviceaccount.com"
    world.service_accounts[other] = {"email": other}
    prepared(world, root, Plan("acme-prod", named_account="mine"))
    assert world.roles_of(other)
    assert not (root / "functions/.env").exists()


class Late(Near):
    """A project whose policies do not know the new account at once, or which somebody else changes meanwhile."""

    def __init__(self, world: World, refusals: Iterator[GoogleRefusal]) -> None:
        super().__init__(world)
        self.refusals = refusals

    def call(self, method: str, url: str, body: Any = None, **query: str | list[str]) -> Any:
        """Call the twin, but refuse writes of policies first."""
        if url.endswith(":setIamPolicy") and (refusal := next(self.refusals, None)):
            raise refusal
        return super().call(method, url, body, **query)


UNKNOWN = GoogleRefusal(400, "INVALID_ARGUMENT", f"Service account {PLAN.account} does not exist.")
CHANGED = GoogleRefusal(409, "ABORTED", "There were concurrent policy changes.")


@pytest.mark.parametrize("refusal", [UNKNOWN, CHANGED], ids=["unknown", "changed"])
def test_a_write_that_google_will_accept_later_is_tried_again(refusal: GoogleRefusal) -> None:
    world, waited = world_with(), list[float]()
    on_project = [grant for grant in lacking(world) or () if grant.resource.level == "project"]
    give(Late(world, iter([refusal] * 2)), on_project, PLAN.account, waited.append, is_new=True)
    assert waited == list(PAUSES[:2])
    assert len(world.roles_of(PLAN.account)) == len(on_project)


def test_a_refusal_that_stays_is_explained(root: Path) -> None:
    world = world_with(denied={"storage.buckets.setIamPolicy"})
    with pytest.raises(CommandError, match="Nothing was deployed, but the roles of stoker@acme-prod") as failed:
        prepared(world, root)
    assert failed.value.exit_code == ExitCode.FAILED
    world = world_with(denied={"run.services.getIamPolicy"})
    with pytest.raises(CommandError, match="The functions are deployed, but the roles of stoker@acme-prod") as failed:
        account_steps.finish(Near(world), PLAN, lambda line: None)
    assert failed.value.exit_code == ExitCode.INCOMPLETE


def test_a_role_that_can_not_be_read_does_not_hide_the_others() -> None:
    found = facts(world_with(denied={"resourcemanager.projects.getIamPolicy"})).account
    assert found
    assert found.unread
    assert {grant.resource.level for grant in found.lacking} == {"bucket", "account", "queue", "service"}


def test_the_account_of_a_project_whose_apis_are_off_gets_the_roles_that_can_be_given(root: Path) -> None:
    """The Firebase CLI enables them later. Before that, there are no queues and no functions."""
    world = World(off={"cloudtasks.googleapis.com", "cloudfunctions.googleapis.com", "run.googleapis.com"})
    prepared(world, root)
    assert "roles/datastore.user" in world.roles_of(PLAN.account)
    assert world.roles_of(PLAN.account, world.bucket_name) == {"roles/storage.objectAdmin"}


def test_what_was_deployed_gets_its_roles_afterwards() -> None:
    world = world_with()
    account_steps.finish(Near(world), PLAN, lambda line: None)
    assert world.roles_of(PLAN.account) == set()
    assert world.roles_of(PLAN.account, f"{PLACE}/queues/films") == {"roles/cloudtasks.enqueuer"}
    assert world.roles_of(PLAN.account, f"{PLACE}/services/retryJob") == set()
    written = len(world.writes())
    account_steps.finish(Near(world), PLAN, lambda line: None)
    assert len(world.writes()) == written


def schedule(function: str, account: str) -> tuple[str, Json]:
    name = f"{PLACE}/jobs/firebase-schedule-{function}-us-central1"
    token = {"serviceAccountEmail": account, "audience": "https://sweep.run.app"}
    target = {"uri": "https://sweep.run.app", "httpMethod": "POST", "oidcToken": token}
    return name, {"name": name, "schedule": "every 1 minutes", "httpTarget": target}


def test_a_schedule_calls_as_the_account_of_its_function() -> None:
    """The Firebase CLI leaves the old account in the schedule, and lets only the new account call the function."""
    old = "firebase-fn-1@acme-prod.iam.gserviceaccount.com"
    (ours, _), (mine, _) = schedules = [schedule("sweep", old), schedule("mine", old)]
    world = world_with(schedules=dict(schedules))
    said: list[str] = []
    account_steps.finish(Near(world), PLAN, said.append)
    assert world.schedules[ours] == schedule("sweep", PLAN.account)[1]
    assert world.schedules[mine] == schedule("mine", old)[1]
    assert said[-1] == f"firebase-schedule-sweep-us-central1 calls its function as {PLAN.account} now."


def test_a_role_is_added_once() -> None:
    policy = with_roles({}, ["roles/run.invoker"], "a@b")
    assert with_roles(policy, ["roles/run.invoker"], "a@b") == policy
    assert roles_in(policy, "b@a") == set()
