"""Distances between the locations of Google Cloud, as far as they matter for a deployment.

Sources: https://cloud.google.com/firestore/docs/locations, https://cloud.google.com/storage/docs/locations and
https://cloud.google.com/functions/docs/locations
"""

from collections.abc import Mapping

NORTH_AMERICA, SOUTH_AMERICA, EUROPE = "North America", "South America", "Europe"
EAST_ASIA, SOUTH_EAST_ASIA, SOUTH_ASIA = "East Asia", "South-East Asia", "South Asia"

AREAS: Mapping[str, frozenset[str]] = {
    "africa": frozenset({"Africa"}),
    "asia": frozenset({EAST_ASIA, SOUTH_EAST_ASIA, SOUTH_ASIA}),  # A bucket in all of Asia.
    "asia-east": frozenset({EAST_ASIA}),
    "asia-northeast": frozenset({EAST_ASIA}),
    "asia-south": frozenset({SOUTH_ASIA}),
    "asia-southeast": frozenset({SOUTH_EAST_ASIA}),
    "asia1": frozenset({EAST_ASIA}),  # A bucket in Tokyo and Osaka.
    "australia": frozenset({"Australia"}),
    "eu": frozenset({EUROPE}),  # Also `europe-west1`, `eur3` and `eur4`.
    "me": frozenset({"the Middle East"}),
    "nam": frozenset({NORTH_AMERICA}),
    "northamerica": frozenset({NORTH_AMERICA}),
    "southamerica": frozenset({SOUTH_AMERICA}),
    "us": frozenset({NORTH_AMERICA}),
}
"""The areas of locations, by the beginning of their names. The longest beginning counts. Asia is too large for one."""


def areas(location: str) -> frozenset[str]:
    """Return the areas of a region or of a group of regions; none if it is not known.

    Example:
        >>> sorted(areas("asia-southeast1")), sorted(areas("EUR4")), sorted(areas("moon1"))
        (['South-East Asia'], ['Europe'], [])
    """
    fitting = [start for start in AREAS if location.lower().startswith(start)]
    return AREAS[max(fitting, key=len)] if fitting else frozenset()


def far_apart(one: str, other: str) -> bool:
    """Return whether two locations are on different continents, so that a request takes some 100 ms more.

    Example:
        >>> far_apart("eur3", "us-central1"), far_apart("nam5", "us-west1"), far_apart("moon1", "us-central1")
        (True, False, False)
    """
    first, second = areas(one), areas(other)
    return bool(first and second) and first.isdisjoint(second)
