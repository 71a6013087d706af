"""The limits of Cloud Functions and Cloud Run that a function of the second generation must keep."""

import re
from collections.abc import Iterator

from twin.refusals import Json

CPU_FOR_MEMORY = ((512, 0.5), (1024, 1), (4096, 2), (8192, 4), (16384, 6), (24576, 8))
"""Memory in MiB, and the processors that an instance with more memory needs at least.
Source: https://cloud.google.com/run/docs/configuring/services/memory-limits"""

MEMORY_FOR_CPU = {4: 2048, 6: 4096, 8: 4096}
"""Processors, and the memory in MiB that an instance with so many needs at least.
Source: https://cloud.google.com/run/docs/configuring/services/cpu"""

EVENT_SECONDS, CALL_SECONDS = 540, 3600
"""The longest timeout of a function that an event calls, and of any other.
Source: https://firebase.google.com/docs/functions/quotas"""


def problems(function_id: str, function: Json, vcpu: int | None, memory_gib: int | None) -> Iterator[str]:
    """Yield a sentence for each limit that a function breaks.

    Args:
        function_id: The id of the function.
        function: The function, as the CLI sends it.
        vcpu: The quota of processors in the region, in vCPU; None if there is no quota.
        memory_gib: The quota of memory in the region, in GiB; None if there is no quota.
    """
    service = function["serviceConfig"]
    cpu, memory = float(service.get("availableCpu") or 1), mebibytes(service["availableMemory"])
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", function_id):
        yield f"Function name {function_id} must start with a letter, and contain letters, numbers, _ and - only."
    least = max((needed for limit, needed in CPU_FOR_MEMORY if memory > limit), default=0)
    if cpu < least:
        yield f"{service['availableMemory']} of memory needs {least} CPU at least, not {cpu:g}."
    if memory < MEMORY_FOR_CPU.get(int(cpu), 0):
        yield f"{cpu:g} CPU need {MEMORY_FOR_CPU[int(cpu)]}Mi of memory at least, not {service['availableMemory']}."
    if cpu < 1 and (service.get("maxInstanceRequestConcurrency") or 1) > 1:
        yield "A concurrency above 1 needs 1 CPU."
    seconds = EVENT_SECONDS if "eventTrigger" in function else CALL_SECONDS
    if (service.get("timeoutSeconds") or 60) > seconds:
        yield f"The timeout must not exceed {seconds} seconds."
    quotas = {"cpu": (vcpu, max(cpu, 1)), "memory": (memory_gib, memory / 1024)}
    for name, (quota, used) in quotas.items():
        if quota is not None and (service.get("maxInstanceCount") or 100) * used > quota:
            yield over_quota(function_id, name, int(quota // used))


def over_quota(function_id: str, name: str, instances: int) -> str:
    """Return the sentence of Cloud Run for a service that is over a quota.

    Source: https://github.com/firebase/firebase-tools/pull/5867
    """
    return (
        f"Could not create Cloud Run service {service_id(function_id)}. spec.template.spec.containers.resources.limits."
        f"{name}: Invalid value specified for {name}. For the specified value, maxScale may not exceed {instances}.\n"
        f"Consider running your workload in a region with greater capacity, decreasing your requested {name}-per-"
        "instance, or requesting an increase in quota for this region if you are seeing sustained usage near this "
        "limit, see https://cloud.google.com/run/quotas."
    )


def mebibytes(memory: str) -> float:
    """Return an amount of memory in MiB.

    Example:
        >>> mebibytes("8Gi"), mebibytes("512Mi")
        (8192.0, 512.0)
    """
    return float(memory[:-2]) * {"Gi": 1024, "Mi": 1}[memory[-2:]]


def service_id(function_id: str) -> str:
    """Return the name of the Cloud Run service that runs a function."""
    return function_id.lower().replace("_", "-")
