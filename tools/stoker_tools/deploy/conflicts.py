"""The part of the preflight about functions that are deployed already."""

from collections.abc import Iterator

from stoker_tools.deploy.deletions import deletion_findings
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.findings import Finding
from stoker_tools.setup.functions_folder import CODEBASE


def conflict_findings(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each deployed function that a deployment would replace or delete.

    Args:
        plan: The deployment.
        facts: The project.
    """
    if not plan.functions:
        return
    yield from _taken(plan, facts)
    yield from _taken_events(plan, facts)
    yield from deletion_findings(plan, facts)


def _taken(plan: Plan, facts: Facts) -> Iterator[Finding]:
    for one in facts.deployed:
        if one.region != plan.region or one.name not in plan.names:
            continue
        cure = f"npx firebase-tools functions:delete {one.name} --region {one.region} --project {plan.project}"
        if one.codebase != CODEBASE:
            yield Finding(
                "name-taken",
                f"The codebase {one.codebase} has a function {one.name} in {one.region}. Stoker's function would "
                "replace it without a question.",
                f"{cure}    # or rename that function",
            )
        elif one.generation == 1:
            yield Finding(
                "first-generation",
                f"{one.name} in {one.region} is a function of the first generation. The Firebase CLI does not upgrade "
                "it.",
                cure,
            )


def _taken_events(plan: Plan, facts: Facts) -> Iterator[Finding]:
    if facts.sign_in is None:
        return
    ours = {address for one in facts.deployed if one.codebase == CODEBASE for address in one.addresses}
    for function in plan.functions:
        address = facts.sign_in.triggers.get(function.event, "")
        if address and address not in ours:
            yield Finding(
                "event-taken",
                f"Firebase Auth calls {address} for {function.event}. {function.name} would replace it without a "
                "question.",
                "Set STOKER_BLOCKING=false in functions/.env, or delete the other function.",
            )
