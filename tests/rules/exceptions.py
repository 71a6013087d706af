"""All differences between the decisions of the rules and the models, with the reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Exemption:
    """A kind of document for which the decisions of the rules and the models may differ.

    Attributes:
        reason: The reason.
        stricter: True if the rules refuse such a document.
        concerns: Returns whether a document of a collection is of this kind.
    """

    reason: str
    stricter: bool
    concerns: Callable[[str, Fields], bool]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


EXEMPTIONS = (
    Exemption(
        "Rules can't loop: of a list of maps they see the length. A bad subtask is refused by whatever reads the task.",
        stricter=False,
        concerns=lambda collection, fields: collection == "tasks" and _is_list(fields.get("subtasks")),
    ),
    Exemption(
        "Tags are joined to be looked at all at once, and numbers, booleans and null are joined as text.",
        stricter=False,
        concerns=lambda collection, fields: (
            collection == "tasks"
            and _is_list(fields.get("tags"))
            and any(item is None or isinstance(item, bool | int | float) for item in fields["tags"])
        ),
    ),
    Exemption(
        "Whose a project is, or whether there is one, stands in another document than the one that the models look at.",
        stricter=True,
        concerns=lambda collection, fields: collection == "tasks" and fields.get("projectId") not in (None, "adas"),
    ),
    Exemption(
        "The worker names each problem inside of an input, while the rules could only refuse it.",
        stricter=True,
        concerns=lambda collection, fields: collection == "processingJobs" and "input" in fields,
    ),
)
