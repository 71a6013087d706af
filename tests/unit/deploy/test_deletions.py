"""Deployed functions that a deployment would delete: they stop it, unless the deployer agrees."""

from dataclasses import replace

import pytest

from stoker_tools.cli.deploy.arguments import parser
from stoker_tools.deploy import survey
from stoker_tools.deploy.deletions import AGREEMENT, deletion_findings
from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.deployment_plan import Plan, Planned
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.findings import Finding
from twin.google_world import World
from unit.deploy.near import Near

PLAN = Plan("acme-prod", "us-east1", functions=(Planned("films", is_queue=True), Planned("setRole")))


def found(*deployed: DeployedFunction, plan: Plan = PLAN) -> list[Finding]:
    return list(deletion_findings(plan, Facts(deployed=deployed)))


def test_a_change_of_the_region_names_the_functions_the_queues_and_the_end_of_waiting_jobs() -> None:
    deployed = (DeployedFunction("setRole", "us-central1"), DeployedFunction("films", "us-central1", is_queue=True))
    [one] = found(*deployed)
    assert (one.code, one.severity) == ("other-region", "error")
    assert one.message == (
        "The deployment makes the functions in us-east1, and deletes those in us-central1: films, setRole. It turns "
        "off the queues films: the tasks in them do not run any more. The sweeper queues the jobs that wait there "
        "again, in us-east1, within minutes."
    )
    assert one.cure == (
        "Set STOKER_REGION=us-central1 in functions/.env to keep them. To agree to this, run scripts/deploy "
        "--allow-deletions."
    )


def test_each_region_that_is_left_is_named() -> None:
    assert [
        one.code for one in found(DeployedFunction("films", "asia-east1"), DeployedFunction("films", "us-central1"))
    ] == [
        "other-region",
        "other-region",
    ]


@pytest.mark.parametrize(
    ("names", "deployed", "kept"),
    [
        (("acme-films", "acme-setRole"), ("films", "setRole"), 'Remove "prefix" from firebase.json'),
        (("films", "setRole"), ("acme-films", "acme-setRole"), 'Set "prefix": "acme" in firebase.json'),
        (("b-films", "b-setRole"), ("a-1-films", "a-1-setRole"), 'Set "prefix": "a-1" in firebase.json'),
    ],
    ids=["added", "removed", "changed"],
)
def test_a_change_of_the_prefix_deletes_the_functions_with_the_old_names(
    names: tuple[str, ...], deployed: tuple[str, ...], kept: str
) -> None:
    plan = replace(PLAN, functions=tuple(Planned(name) for name in names))
    [one] = found(*(DeployedFunction(name, "us-east1", is_queue="films" in name) for name in deployed), plan=plan)
    assert (one.code, one.severity) == ("renamed", "error")
    assert f"old names: {', '.join(deployed)}. Clients must call the new names." in one.message
    assert f"It turns off the queues {deployed[0]}:" in one.message
    assert one.cure.startswith(f"{kept} to keep them. To agree")


def test_a_function_that_is_not_declared_any_more_is_named_with_its_queue() -> None:
    [one] = found(DeployedFunction("films", "us-east1"), DeployedFunction("sounds", "us-east1", is_queue=True))
    assert (one.code, one.severity) == ("surplus", "error")
    assert "does not declare: sounds. It turns off the queues sounds:" in one.message
    assert "No function works on the jobs that wait there." in one.message


@pytest.mark.parametrize(
    "deployed",
    [
        DeployedFunction("films", "us-central1"),
        DeployedFunction("a-films", "us-east1"),
        DeployedFunction("sounds", "us-east1"),
    ],
    ids=["moved", "renamed", "surplus"],
)
def test_a_deployer_who_agrees_is_only_warned(deployed: DeployedFunction) -> None:
    [one] = found(deployed, plan=replace(PLAN, may_delete=True))
    assert one.severity == "warning"
    assert AGREEMENT not in one.cure
    assert parser().parse_args([AGREEMENT]).may_delete
    assert not parser().parse_args([]).may_delete


def test_functions_of_another_codebase_are_not_deleted() -> None:
    assert (
        found(
            DeployedFunction("sounds", "us-east1", codebase="default"),
            DeployedFunction("x", "asia-east1", codebase="app"),
        )
        == []
    )


def test_a_function_with_a_queue_is_known_by_its_label() -> None:
    name = "projects/acme-prod/locations/us-central1/functions/films"
    labels = {"firebase-functions-codebase": "stoker", "deployment-taskqueue": "true"}
    [one] = survey.facts(Near(World(functions={name: {"name": name, "labels": labels}})), PLAN).deployed
    assert one.is_queue
