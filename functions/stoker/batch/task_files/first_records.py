"""The first records of a file. If all of them fail in the same way, the file is at fault, and not each record."""

import re
from collections.abc import Sequence

from stoker.batch.task_files.task_record import NoTask
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

ENOUGH = 20
"""If fewer records fail in the same way, each of them is counted as a failure."""

VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|[\d,.]+")
"""The parts of a problem that differ from record to record: quoted values and numbers."""


def check_first(path: str, found: Sequence[ImportedTask | NoTask]) -> None:
    """Refuse a file whose first records all fail in the same way.

    Args:
        path: The file's name, for the sentence.
        found: The records of the first page.

    Raises:
        UnsupportedMedia: No record is a task, and a problem is common to all of them.
    """
    wrong = [one for one in found if isinstance(one, NoTask)]
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
