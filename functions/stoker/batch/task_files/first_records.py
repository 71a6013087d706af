"""The first records of a file. If all of them fail in the same way, the file is at fault, and not each record."""

import re
from collections.abc import Sequence

from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

ENOUGH = 20
"""If fewer records fail in the same way, each of them is counted as a failure."""

VARIABLE = re.compile(r"'[^']*'|[\d,.]+")
"""The parts of a sentence that differ from record to record: quoted values and numbers."""


def check_first(path: str, found: Sequence[ImportedTask | str]) -> None:
    """Refuse a file whose first records all fail in the same way.

    Args:
        path: The file's name, for the sentence.
        found: The task or the sentence of each record of the first page.

    Raises:
        UnsupportedMedia: No record is a task, and all for the same reason.
    """
    sentences = [one for one in found if isinstance(one, str)]
    kinds = {VARIABLE.sub("", sentence) for sentence in sentences}
    if len(found) >= ENOUGH and len(sentences) == len(found) and len(kinds) == 1:
        raise UnsupportedMedia(
            f"None of the first {len(found)} records of the file {path!r} is a task, all for the same reason. Of the "
            f"first record: {sentences[0]}"
        )
