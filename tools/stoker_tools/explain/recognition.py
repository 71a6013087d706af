"""The recognition of a document's collection by its fields."""

import difflib
from collections.abc import Set

from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.explain.explanation import NEVER_WRITTEN, models
from stoker_tools.explain.field_problems import declared_fields


def collection_of(names: Set[str]) -> str:
    """Return the collection whose documents have the given fields.

    It is the collection with the most of these fields. Of several, it is the one with the most fields of similar names,
    and then the one with the fewest required fields that are missing.

    Args:
        names: The names of the fields.

    Raises:
        CommandError: No collection fits better than the others.

    Example:
        >>> collection_of({"id", "userId", "titel", "status", "priority"})
        'tasks'
    """
    fits = {collection: _fit(collection, names) for collection in models() if collection not in NEVER_WRITTEN}
    best = [collection for collection, fit in fits.items() if fit == max(fits.values())]
    if not any(fits[best[0]][:2]):
        raise CommandError("The fields fit no collection: name the collection with --in.", ExitCode.USAGE)
    if len(best) > 1:
        raise CommandError(
            f"The fields fit {' and '.join(best)} equally well: name the collection with --in.", ExitCode.USAGE
        )
    return best[0]


def _fit(collection: str, names: Set[str]) -> tuple[int, int, int]:
    declared = declared_fields(models()[collection])
    misspelled = sum(bool(difflib.get_close_matches(name, declared, 1)) for name in names - declared.keys())
    missing = sum(item.required and name not in names for name, item in declared.items())
    return len(names & declared.keys()), misspelled, -missing
