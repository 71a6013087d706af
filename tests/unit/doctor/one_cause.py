"""Facts of a project in which one thing is wrong, and the one cause that is reported."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.diagnosis import diagnose
from stoker_tools.doctor.fact_sources import SOURCES
from stoker_tools.doctor.unread_facts import Unread
from unit.doctor.healthy import NOW, PLACE, WANTED, healthy, job

Facts = dict[str, Any]

DOCUMENTS = [name for name, source in SOURCES.items() if source.permission == "datastore.entities.list"]

STUCK = {
    "sweep": {"updatedAt": NOW - timedelta(hours=3)},
    "waiting": [job()],
    "lapsed": [job(lease={"expiresAt": NOW - timedelta(hours=3)})],
}
"""The facts of a project in which no function has run for three hours."""


def unread(names: list[str], message: str, status: int = 504) -> Facts:
    """Return a healthy project of which some facts could not be read."""
    return healthy() | dict.fromkeys(names, Unread(message, status))


def only(facts: Facts, **place: Any) -> Finding:
    """Return the one cause."""
    found = diagnose(facts, WANTED, replace(PLACE, **place))
    assert len(found) == 1, [one.code for one in found]
    return found[0]


def codes(finding: Finding) -> set[str]:
    """Return the codes of everything that follows from a cause."""
    return {one.code for one in finding.follows}
