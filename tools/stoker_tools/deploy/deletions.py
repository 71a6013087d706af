"""The part of the preflight about deployed functions that a deployment would delete.

The Firebase CLI deletes each function of the codebase that the checkout does not declare with the same name in the same
region. It turns off the function's queue, and the tasks in it do not run any more. So the deployer has to agree.
"""

from collections.abc import Iterable, Iterator

from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.findings import Finding, Severity
from stoker_tools.setup.functions_folder import CODEBASE

AGREEMENT = "--allow-deletions"
"""The option of `scripts/deploy` by which the deployer agrees."""


def deletion_findings(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each reason for which a deployment would delete functions of Stoker.

    Args:
        plan: The deployment.
        facts: The project.
    """
    ours = [one for one in facts.deployed if one.codebase == CODEBASE]
    for region in sorted({one.region for one in ours} - {plan.region}):
        yield _moved(plan, region, [one for one in ours if one.region == region])
    undeclared = [one for one in ours if one.region == plan.region and one.name not in plan.names]
    declared = {_base(name): name for name in plan.names}
    renamed = [one for one in undeclared if _base(one.name) in declared]
    for prefix in sorted({_prefix(one.name) for one in renamed}):
        yield _renamed(plan, prefix, [one for one in renamed if _prefix(one.name) == prefix])
    if surplus := [one for one in undeclared if one not in renamed]:
        yield _surplus(plan, surplus)


def _moved(plan: Plan, region: str, functions: Iterable[DeployedFunction]) -> Finding:
    return Finding(
        "other-region",
        f"The deployment makes the functions in {plan.region}, and deletes those in {region}: {_names(functions)}."
        + _queues(functions, f"The sweeper queues the jobs that wait there again, in {plan.region}, within minutes."),
        _cure(plan, f"Set STOKER_REGION={region} in functions/.env to keep them."),
        _severity(plan),
    )


def _renamed(plan: Plan, prefix: str, functions: Iterable[DeployedFunction]) -> Finding:
    kept = f'Set "prefix": "{prefix}" in firebase.json' if prefix else 'Remove "prefix" from firebase.json'
    return Finding(
        "renamed",
        f"The functions have another prefix, so the deployment deletes those with the old names: {_names(functions)}. "
        "Clients must call the new names."
        + _queues(functions, "The sweeper queues the jobs that wait there again, under the new names, within minutes."),
        _cure(plan, f"{kept} to keep them."),
        _severity(plan),
    )


def _surplus(plan: Plan, functions: Iterable[DeployedFunction]) -> Finding:
    return Finding(
        "surplus",
        f"The deployment deletes functions that this checkout does not declare: {_names(functions)}."
        + _queues(functions, "No function works on the jobs that wait there."),
        _cure(
            plan,
            "To keep a function, declare it in functions/main.py, or switch its feature on in functions/stoker.toml "
            "(for blocking functions, set STOKER_BLOCKING=true in functions/.env), and run scripts/generate.",
        ),
        _severity(plan),
    )


def _severity(plan: Plan) -> Severity:
    return "warning" if plan.may_delete else "error"


def _cure(plan: Plan, kept: str) -> str:
    return kept if plan.may_delete else f"{kept} To agree to this, run scripts/deploy {AGREEMENT}."


def _names(functions: Iterable[DeployedFunction]) -> str:
    return ", ".join(sorted(one.name for one in functions))


def _queues(functions: Iterable[DeployedFunction], consequence: str) -> str:
    queues = [one for one in functions if one.is_queue]
    if not queues:
        return ""
    return f" It turns off the queues {_names(queues)}: the tasks in them do not run any more. {consequence}"


def _base(name: str) -> str:
    """Return the name of a function without its prefix. The name itself has no hyphen."""
    return name.rpartition("-")[2]


def _prefix(name: str) -> str:
    return name.rpartition("-")[0]
