"""Every attack on the documents that we can think of, and every way that must be open."""

from rules.case import Case
from rules.collection_cases import collection_cases
from rules.particular_cases import particular_cases
from rules.written import collections


def cases() -> list[Case]:
    """All of them."""
    of_collections = [case for collection in collections() for case in collection_cases(collection)]
    return [*of_collections, *particular_cases()]
