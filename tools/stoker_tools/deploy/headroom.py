"""The part of the preflight about Cloud Run's quota: the functions that do not fit into it."""

from collections.abc import Iterator
from math import floor

from stoker_tools.deploy.deployment_plan import Plan, Planned
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.findings import Finding


def quota_findings(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each function that Cloud Run refuses, or one if all together are over the quota.

    Args:
        plan: The deployment.
        facts: The project.
    """
    quota = facts.quota
    refused = [
        (one, most) for one in plan.functions if (most := _refused_above(one, quota.vcpu, quota.memory_gib)) is not None
    ]
    # One budget for all of them, so that one change is enough.
    fitting = [_others(plan) + _queues(plan) * most / one.instances for one, most in refused if one.is_queue]
    for function, most in refused:
        yield Finding(
            "over-quota",
            f"Cloud Run refuses {function.name} in {plan.region}: it has up to {function.instances} instances, and "
            f"the quota is enough for {most}.",
            _cure(plan, min(fitting)) if function.is_queue else _more(plan),
        )
    total = _others(plan) + _queues(plan)
    if not refused and quota.vcpu is not None and total > quota.vcpu:
        yield Finding(
            "little-quota",
            f"All functions together may use {total:g} vCPU, and the quota in {plan.region} is {quota.vcpu:g} vCPU. "
            "When all are busy, new instances do not start.",
            _cure(plan, quota.vcpu),
            "warning",
        )


def most_instances(function: Planned, vcpu: float | None, memory_gib: float | None) -> int | None:
    """Return the most instances of a function that Cloud Run accepts; None if there is no quota.

    Cloud Run compares the processors and the memory of all instances of one service with the quota of the region.

    Example:
        >>> most_instances(Planned("films", cpu=2, memory_mib=8192), vcpu=20, memory_gib=40)
        5
    """
    parts = []
    if vcpu is not None:
        parts.append(floor(vcpu / function.cpu))
    if memory_gib is not None:
        parts.append(floor(memory_gib * 1024 / function.memory_mib))
    return min(parts, default=None)


def _refused_above(function: Planned, vcpu: float | None, memory_gib: float | None) -> int | None:
    """Return the most instances of a function if it has more; None if Cloud Run accepts it."""
    most = most_instances(function, vcpu, memory_gib)
    return most if most is not None and function.instances > most else None


def _more(plan: Plan) -> str:
    """Return the way to more quota."""
    return f"https://console.cloud.google.com/iam-admin/quotas?project={plan.project}    # Total CPU allocation"


def _cure(plan: Plan, budget: float) -> str:
    """Return the way to a smaller budget, if each function can have an instance then, and the way to more quota."""
    more = _more(plan)
    least = _others(plan) + sum(function.cpu for function in plan.functions if function.is_queue)
    if budget < least:
        return more
    return f"Set STOKER_VCPU={floor(budget)} in functions/.env, and run scripts/generate. Or ask for more quota: {more}"


def _queues(plan: Plan) -> float:
    return sum(function.cpu * function.instances for function in plan.functions if function.is_queue)


def _others(plan: Plan) -> float:
    return sum(function.cpu * function.instances for function in plan.functions if not function.is_queue)
