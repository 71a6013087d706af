"""The part of the preflight about rights: the APIs that are off, and the permissions that the deployer lacks."""

from collections.abc import Iterator, Mapping

from stoker_tools.deploy import cors
from stoker_tools.deploy.deployer import (
    ALWAYS,
    ENABLING,
    FOR_BLOCKING,
    FOR_CORS,
    FOR_GRANTS,
    FOR_NEW_ACCOUNT,
    FOR_NEW_FUNCTIONS,
    NOT_ENABLED_BY_THE_CLI,
)
from stoker_tools.deploy.deployment_plan import Plan
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.needs import Level
from stoker_tools.setup.functions_folder import CODEBASE


def api_findings(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Yield a finding if APIs are off that the CLI can't enable.

    Args:
        plan: The deployment.
        facts: The project.
    """
    may_enable = ENABLING not in facts.missing
    off = sorted(facts.off & frozenset(NOT_ENABLED_BY_THE_CLI) if may_enable else facts.off)
    if off:
        reason = "the Firebase CLI does not enable" if may_enable else "your account may not enable"
        yield Finding(
            "api-off",
            f"APIs are off that {reason}: {', '.join(off)}.",
            f"gcloud services enable {' '.join(off)} --project={plan.project}",
        )


def permission_findings(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each role whose permissions the deployer lacks.

    Args:
        plan: The deployment.
        facts: The project.
    """
    for role, permissions in needed(plan, facts).items():
        lacking = sorted(facts.missing.intersection(permissions))
        if lacking:
            yield Finding(
                "no-permission",
                f"Your account lacks {', '.join(lacking)}. {role} has them.",
                f"gcloud projects add-iam-policy-binding {plan.project} --member=user:ACCOUNT --role={role}",
            )


def needed(plan: Plan, facts: Facts) -> dict[str, set[str]]:
    """Return the permissions that this deployment needs, by a role that has them.

    A second deployment needs fewer: it makes no service account and no new function.

    Args:
        plan: The deployment.
        facts: The project.
    """
    parts: list[Mapping[str, tuple[str, ...]]] = [ALWAYS]
    levels = {grant.resource.level for grant in facts.account.lacking} if facts.account else set[Level]()
    if _has_new_functions(plan, facts):
        parts.append(FOR_NEW_FUNCTIONS)
        levels |= {"queue", "service"}
    if facts.account is None and facts.knows("account"):
        parts.append(FOR_NEW_ACCOUNT)
        levels |= FOR_GRANTS.keys()
    parts += [FOR_GRANTS[level] for level in sorted(levels)]
    if plan.blocking:
        parts.append(FOR_BLOCKING)
    if plan.origins and not (facts.bucket and cors.merged(facts.bucket.cors, plan.origins) == list(facts.bucket.cors)):
        parts.append(FOR_CORS)
    found: dict[str, set[str]] = {}
    for part in parts:
        for role, permissions in part.items():
            found.setdefault(role, set()).update(permissions)
    return found


def _has_new_functions(plan: Plan, facts: Facts) -> bool:
    there = {one.name for one in facts.deployed if one.codebase == CODEBASE and one.region == plan.region}
    return bool(plan.names - there) or not plan.names
