"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, with a line for each row.

    Args:
        head: The titles of the columns.
        rows: The cells of each row, in Markdown. A vertical bar in a cell is escaped.

    Example:
        >>> print(table(("code", "meaning"), [("`a`", "x | y")]))
        | code | meaning |
        | --- | --- |
        | `a` | x \\| y |
    """
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |".replace("|  |", "| |")


def words(names: Sequence[str]) -> str:
    """Return code words as an enumeration.

    Example:
        >>> words(["low", "high", "urgent"])
        '`low`, `high` or `urgent`'
    """
    quoted = [f"`{name}`" for name in names]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
