"""`stoker alerts` installs metrics, alerts and the dashboard in the twin of Google, and makes nothing twice."""

from typing import Any

import pytest

from deploy.deployed_world import TwinOfGoogle
from stoker_tools.alerts.installation import Installation, explained
from stoker_tools.alerts.monitoring_files import monitoring
from stoker_tools.deploy.google import GoogleRefusal
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from twin.google_world import World


def install(world: World, email: str = "ops@example.com") -> list[str]:
    sentences = list(Installation(TwinOfGoogle(world)).install(monitoring(), email))
    assert world.unknown == []
    return sentences


def kept(world: World, kind: str) -> list[dict[str, Any]]:
    return [one for name, one in world.monitoring.items() if f"/{kind}/" in name]


def test_everything_in_the_files_is_installed() -> None:
    world, files = World(), monitoring()
    sentences = install(world)
    assert len(sentences) == len(files.metrics) + len(files.policies) + 2
    assert {one["name"] for one in kept(world, "metrics")} == {one["name"] for one in files.metrics}
    [channel] = kept(world, "notificationChannels")
    assert channel["labels"] == {"email_address": "ops@example.com"}
    policies = kept(world, "alertPolicies")
    assert {one["displayName"] for one in policies} == {one["displayName"] for one in files.policies}
    assert all(one["notificationChannels"] == [channel["name"]] for one in policies)
    assert [one["displayName"] for one in kept(world, "dashboards")] == ["Stoker"]


def test_a_second_run_makes_nothing_twice() -> None:
    world = World()
    install(world)
    first = set(world.monitoring)
    install(world)
    assert set(world.monitoring) == first


def test_a_second_address_is_added_to_the_first() -> None:
    world = World()
    install(world)
    install(world, "ada@example.com")
    names = {one["name"] for one in kept(world, "notificationChannels")}
    assert len(names) == 2
    assert all(set(one["notificationChannels"]) == names for one in kept(world, "alertPolicies"))


def test_metrics_that_are_too_new_are_a_reason_to_come_back() -> None:
    world = World(unknown_metrics={"stoker-sweeps"})
    with pytest.raises(CommandError, match="again in 10 minutes") as refused:
        install(world)
    assert refused.value.exit_code == ExitCode.INCOMPLETE
    world.unknown_metrics.clear()
    install(world)
    assert len(kept(world, "alertPolicies")) == len(monitoring().policies)


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        (World(denied={"monitoring.alertPolicies.create"}), "Ask an owner of acme-prod for roles/monitoring.editor"),
        (World(off={"logging.googleapis.com"}), "Run `gcloud services enable monitoring.googleapis.com logging"),
    ],
    ids=["no-role", "no-api"],
)
def test_a_refusal_is_explained(world: World, sentence: str) -> None:
    with pytest.raises(GoogleRefusal) as refused:
        install(world)
    assert sentence in str(explained(refused.value, world.project))
