"""The diagnosis: from facts to findings. It is pure, so that tests need no project."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.causes import folded
from stoker_tools.doctor.database_checks import check_fields, check_indexes
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.function_checks import check_emulators, check_functions
from stoker_tools.doctor.job_checks import (
    check_failed,
    check_lapsed,
    check_settings,
    check_sweep,
    check_used,
    check_waiting,
)
from stoker_tools.doctor.keyring_checks import check_keyring
from stoker_tools.doctor.place import Place
from stoker_tools.doctor.platform_checks import (
    check_bucket,
    check_callers,
    check_queues,
    check_roles,
    check_rules,
    check_schedules,
)
from stoker_tools.doctor.unread_facts import Unread, reason_findings

Check = Callable[[Any, Expected, Place], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "emulators": check_emulators,
    "functions": check_functions,
    "schedules": check_schedules,
    "queues": check_queues,
    "indexes": check_indexes,
    "fields": check_fields,
    "bucket": check_bucket,
    "rules": check_rules,
    "sweep": check_sweep,
    "settings": check_settings,
    "keyring": check_keyring,
    "waiting": check_waiting,
    "lapsed": check_lapsed,
    "failed": check_failed,
}
"""The checks of single facts, by the names of the facts."""


def diagnose(facts: Mapping[str, Any], wanted: Expected, place: Place) -> list[Finding]:
    """Return each cause of what is wrong, the errors first. What follows from a cause is in its `follows`.

    Args:
        facts: The facts by name, which may be `Unread`. A fact that does not exist in this place is left out.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    found = list[Finding]()
    known = {name: fact for name, fact in facts.items() if not isinstance(fact, Unread)}
    for name, check in CHECKS.items():
        if name in known:
            found += check(known[name], wanted, place)
    if "policies" in known and "functions" in known:
        found += check_roles(known["policies"], known["functions"], wanted, place)
    if "schedules" in known and "functions" in known:
        found += check_callers(known["schedules"], known["functions"], wanted, place)
    if "used" in known and "settings" in known:
        found += check_used(known["used"], known["settings"], place)
    return folded([*found, *reason_findings(facts, place)])
