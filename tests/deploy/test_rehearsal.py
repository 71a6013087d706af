"""`firebase deploy` with the real CLI, from a fresh checkout to the twin of Google: the first time, and again."""

import re

import pytest

from deploy.deployments import Deployed
from stoker import registry

pytestmark = pytest.mark.slow

BLOCKING = {"before_created", "before_signed_in"}


def test_somebody_at_a_terminal_deploys_everything_at_once(deployed: Deployed) -> None:
    assert deployed.first.code == 0, deployed.first.output
    assert "Deploy complete!" in deployed.first.output


def test_the_cli_asks_for_nothing_that_the_twin_does_not_know(deployed: Deployed) -> None:
    assert deployed.google.world.unknown == []


def test_a_script_deploys_again_without_a_question(deployed: Deployed) -> None:
    assert deployed.second.code == 0, deployed.second.output
    assert "Deploy complete!" in deployed.second.output


def test_every_function_is_deployed_to_the_region_of_the_parameter(deployed: Deployed) -> None:
    world = deployed.google.world
    text = (deployed.checkout.functions / "stoker/functions.py").read_text()
    declared = set(re.findall(r"(?m)^ *def (\w+)\((?:event|request):|^ *(\w+) = task_function\(", text))
    declared = {name or worker for name, worker in declared}
    assert world.ids() == declared - BLOCKING
    assert world.ids("us-central1") == world.ids()


def test_an_unchanged_function_is_skipped(deployed: Deployed) -> None:
    skipped = set(re.findall(r"functions\[stoker:(\w+)\(us-central1\)\] Skipped", deployed.second.output))
    assert skipped == deployed.google.world.ids()
    # The CLI releases the same rules again, and asks again for the accounts of two services of Google.
    harmless = re.compile(r"PATCH firebaserules\S+/releases/|POST serviceusage\S+:generateServiceIdentity ")
    assert [call for call in deployed.written_again if not harmless.match(call)] == []


def test_the_functions_run_as_the_default_account_as_other_functions_do(deployed: Deployed) -> None:
    world = deployed.google.world
    assert world.service_accounts == {}
    accounts = {
        one["serviceConfig"]["serviceAccountEmail"] or world.default_account for one in world.functions.values()
    }
    assert accounts == {world.default_account}


def test_every_function_has_a_largest_number_of_instances_within_a_small_quota(deployed: Deployed) -> None:
    world = deployed.google.world
    assert world.vcpu == 100  # a new project's
    for one in world.functions.values():
        service = one["serviceConfig"]
        assert 1 <= service["maxInstanceCount"] * float(service["availableCpu"]) <= world.vcpu, one["name"]


def test_the_queues_have_the_names_that_the_engine_uses(deployed: Deployed) -> None:
    world = deployed.google.world
    names = {queue.name for job_type in registry.job_types().values() for queue in job_type.queues}
    assert {name.rpartition("/")[2] for name in world.queues} == names
    places = {queue.name: queue.at_once for job_type in registry.job_types().values() for queue in job_type.queues}
    for name, queue in world.queues.items():
        assert queue["state"] == "RUNNING"
        assert queue["rateLimits"]["maxConcurrentDispatches"] == places[name.rpartition("/")[2]]


def test_each_schedule_calls_its_function_as_the_account_of_the_functions(deployed: Deployed) -> None:
    world = deployed.google.world
    scheduled = {job["httpTarget"]["uri"] for job in world.schedules.values()}
    functions = [one for one in world.functions.values() if one["labels"].get("deployment-scheduled")]
    assert {one["url"] for one in functions} == scheduled
    accounts = {job["httpTarget"]["oidcToken"]["serviceAccountEmail"] for job in world.schedules.values()}
    assert accounts == {world.default_account}


def test_clients_may_call_the_callable_functions_and_no_other(deployed: Deployed) -> None:
    world = deployed.google.world
    public = {name for name, policy in world.policies.items() if "allUsers" in str(policy)}
    functions = [one for one in world.functions.values() if one["labels"].get("deployment-callable")]
    assert {one["serviceConfig"]["service"] for one in functions} == public


def test_rules_indexes_and_ttls_are_deployed(deployed: Deployed) -> None:
    world = deployed.google.world
    storage = f"firebase.storage/{world.bucket_name}"
    for service, file in (("cloud.firestore", "firestore.rules"), (storage, "storage.rules")):
        release = world.releases[f"projects/{world.project}/releases/{service}"]
        [source] = world.rulesets[release["rulesetName"]]["files"]
        assert source["content"] == (deployed.checkout.root / "rules" / file).read_text()
    assert world.indexes
    assert any("ttlConfig" in field for field in world.fields.values())
