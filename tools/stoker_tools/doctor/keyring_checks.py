"""Checks of the keyring: it can be read, and its key is not too old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from stoker_tools.cli.text import clean
from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import Place

OLD = timedelta(days=400)
"""The age of a key from which a rotation is advised: a year, with some time to remember it."""


def check_keyring(found: datetime | str | None, _wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if the keyring can't be read, or was not rotated for a long time.

    Args:
        found: The time at which the current key was made; a sentence if the keyring can't be read; None if there is
            no keyring yet.
        place: The place that is looked at.
    """
    if isinstance(found, str):
        yield Finding("keyring-damaged", clean(found, 1000), "Mend the document: see docs/keys.md.")
    elif found is not None and place.now - found > OLD:
        message = f"The key with which the server signs was made {(place.now - found).days} days ago."
        yield Finding("keyring-old", message, f"scripts/keys rotate {place.option}", "warning")
