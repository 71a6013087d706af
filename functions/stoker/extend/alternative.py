"""The declaration of an alternative of an OR."""

from collections.abc import Iterable
from dataclasses import dataclass

from stoker.extend.field_names import checked_fields
from stoker.queries.query import Condition, between, equal
from stoker.registry import RegistrationError


@dataclass(frozen=True)
class Alternative:
    """An alternative of an OR, made with `alternative`.

    Attributes:
        equals: The fields that are compared with a value.
        ranges_over: A field that must be less or greater than a value; empty for none.
    """

    equals: tuple[str, ...]
    ranges_over: str = ""

    def conditions(self, collection: str) -> list[Condition]:
        """Return the conditions of the alternative.

        Args:
            collection: The name of the collection, for the message of an error.

        Raises:
            RegistrationError: A field is no field, or is named twice.
        """
        ranges = (self.ranges_over,) if self.ranges_over else ()
        fields = checked_fields(collection, "any_of", (*self.equals, *ranges))
        if not fields:
            raise RegistrationError(f"The query of {collection} has an alternative without a field. Name a field.")
        return [*equal(*self.equals), *(between(self.ranges_over) if self.ranges_over else [])]


def alternative(*, equals: Iterable[str] = (), ranges_over: str | None = None) -> Alternative:
    """Declare an alternative of an OR, for `stoker.query(any_of=...)`.

    Args:
        equals: The fields that are compared with a value.
        ranges_over: A field that must be less or greater than a value. The model must require the field.

    Returns:
        The alternative.

    Example:
        >>> from stoker.extend.app_query import forget_query, query
        >>> urgent_or_due = query("chores", any_of=[alternative(equals=["urgent"]), alternative(ranges_over="dueAt")])
        >>> len(urgent_or_due.any_of)
        2
        >>> forget_query(urgent_or_due)
    """
    return Alternative((equals,) if isinstance(equals, str) else tuple(equals), ranges_over or "")
