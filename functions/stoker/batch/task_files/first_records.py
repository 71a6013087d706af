"""The check of a file's first records. If all of them fail in the same way, the whole file is refused."""

import re
from collections.abc import Sequence

from stoker.batch.task_files.task_record import InvalidRecord
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

ENOUGH = 20
"""The least number of records for this check. If the file has fewer records, each failure is counted."""

VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|[\d,.]+")
"""The parts of a problem that differ from record to record: quoted values and numbers."""


def check_first(path: str, found: Sequence[ImportedTask | InvalidRecord]) -> None:
    """Refuse a file whose first records all fail in the same way.

    Args:
        path: The file's name, for the message.
        found: The records of the first page.

    Raises:
        UnsupportedMedia: No record is a task, and all records have a problem in common.
    """
    wrong = [one for one in found if isinstance(one, InvalidRecord)]
    if len(found) < ENOUGH or len(wrong) < len(found):
        return
    common = set.intersection(*({_kind(problem) for problem in one.problems} for one in wrong))
    of_the_first = [problem for problem in wrong[0].problems if _kind(problem) in common]
    if of_the_first:
        raise UnsupportedMedia(
            f"None of the first {len(found)} records of the file {path!r} is a task, all for the same reason. Of the "
            f"first record: {'; '.join(of_the_first)}. Correct the file, and write a new job."
        )


def _kind(problem: str) -> str:
    return VARIABLE.sub("", problem)
