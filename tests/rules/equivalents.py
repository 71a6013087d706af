"""Mutants of the rules that no test can notice, and why: they allow and refuse the same."""

from development.rules.mutants import Mutant

EQUIVALENT: dict[str, str] = {}
"""Reasons, by the mutant as it is written out."""


def is_equivalent(mutant: Mutant) -> bool:
    """Whether it is known that the mutant changes nothing."""
    return str(mutant) in EQUIVALENT
