"""Amounts of what Google Cloud counts, and their price."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from stoker_tools.costs.operations import Operations
from stoker_tools.costs.prices import Meter, Price

Usage = Mapping[Meter, float]
"""Amounts, by what is counted."""


def together(*usages: Usage) -> Usage:
    """Return the sum of usages.

    Example:
        >>> together({Meter.READS: 1}, {Meter.READS: 2, Meter.WRITES: 1})[Meter.READS]
        3
    """
    total: Counter[Meter] = Counter()
    for usage in usages:
        for meter, amount in usage.items():
            total[meter] += amount  # type: ignore[assignment] # A counter also counts parts.
    return total


def times(count: float, usage: Usage) -> Usage:
    """Return a usage that happens several times.

    Example:
        >>> times(1000, {Meter.READS: 3})
        {<Meter.READS: 'Firestore reads'>: 3000}
    """
    return {meter: count * amount for meter, amount in usage.items()}


def documents(operations: Operations) -> Usage:
    """Return the usage of operations of Firestore."""
    amounts = {Meter.READS: operations.reads, Meter.WRITES: operations.writes, Meter.DELETES: operations.deletes}
    return {meter: amount for meter, amount in amounts.items() if amount}


def price_of(usage: Usage, prices: Mapping[Meter, Price]) -> float:
    """Return the price of a usage in US$, without free units.

    Example:
        >>> price_of({Meter.READS: 200_000}, {Meter.READS: Price(0.06, 100_000, 0, "")})
        0.12
    """
    return fsum(prices[meter].of(amount) for meter, amount in usage.items())


def free_part(usage: Usage, prices: Mapping[Meter, Price]) -> float:
    """Return what the free units of a month take off the price of a usage, in US$.

    Example:
        >>> free_part({Meter.READS: 200_000}, {Meter.READS: Price(0.06, 100_000, 50_000, "")})
        0.03
    """
    return fsum(prices[meter].of(min(amount, prices[meter].free)) for meter, amount in usage.items())


@dataclass(frozen=True)
class Item:
    """A line of a bill.

    Attributes:
        name: Its name.
        usage: Its amounts.
    """

    name: str
    usage: Usage


@dataclass(frozen=True)
class Bill:
    """A bill of a month.

    Attributes:
        items: The lines.
        prices: The prices.

    Example:
        >>> bill = Bill([Item("jobs", {Meter.READS: 3_000_000})], {Meter.READS: Price(0.06, 100_000, 1_500_000, "")})
        >>> bill.total, bill.free, bill.to_pay
        (1.8, 0.9, 0.9)
    """

    items: Sequence[Item]
    prices: Mapping[Meter, Price]

    @property
    def usage(self) -> Usage:
        """The amounts of all lines."""
        return together(*(item.usage for item in self.items))

    @property
    def total(self) -> float:
        """The price at list prices, in US$."""
        return price_of(self.usage, self.prices)

    @property
    def free(self) -> float:
        """The part that the free tiers cover, in US$. They are shared by all that the billing account pays for."""
        return free_part(self.usage, self.prices)

    @property
    def to_pay(self) -> float:
        """The rest, in US$."""
        return self.total - self.free


def usd(amount: float) -> str:
    """Return an amount in US$ for people: cents, or two digits of a smaller amount.

    Example:
        >>> [usd(one) for one in (1234.5, 0.25, 0.00123456, 0.0000062, 0)]
        ['1,234.50', '0.25', '0.0012', '0.0000062', '0.00']
    """
    if amount == 0 or abs(amount) >= 0.1:
        return f"{amount:,.2f}"
    digits = 2
    while abs(amount) < 10 ** (1 - digits):
        digits += 1
    return f"{amount:.{digits}f}"
