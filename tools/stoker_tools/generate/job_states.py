"""The diagram of a job's states, drawn from the engine's table of transitions."""

from collections.abc import Sequence

from stoker.jobs.conditions import always
from stoker.jobs.transitions import TABLE, Row

STARTS = ("pending",)
ENDS = ("completed", "failed", "cancelled")


def job_states(table: Sequence[Row] = TABLE) -> str:
    """Return a Mermaid diagram: an arrow for each change of state, and in each state the events that do not leave it.

    Args:
        table: The rows.
    """
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in table:
        for state in row.states:
            events = ", ".join(event.__name__ for event in row.events)
            condition = "" if row.when is always else f" [{row.when.__name__.replace('_', ' ')}]"
            arrows.setdefault((state, row.after or state), []).append(events + condition)
    lines = ["```mermaid", "stateDiagram-v2", "    direction TB"]
    states = dict.fromkeys(name for arrow in arrows for name in arrow)
    lines += [f'    state "{name}" as {_name(name)}' for name in states]
    for name in states:
        inside = [event.__name__ for row in table if _stays(row, name) for event in row.events]
        lines += [f"    {_name(name)} : {event}" for event in dict.fromkeys(inside)]
    lines += [f"    [*] --> {name}" for name in STARTS]
    for (before, after), labels in arrows.items():
        if before != after:
            lines.append(f"    {_name(before)} --> {_name(after)} : {'<br/>'.join(labels)}")
    lines += [f"    {name} --> [*]" for name in ENDS]
    return "\n".join([*lines, "```", ""])


def _stays(row: Row, state: str) -> bool:
    return state in row.states and row.after in (None, state)


def _name(state: str) -> str:
    """Return a state's name without hyphens, because Mermaid reads a hyphen as a part of an arrow."""
    return state.replace("-", "_")
