"""A type of job of a test, which is removed when the test ends."""

import contextlib
from collections.abc import Iterator
from typing import Any

from stoker.extend.job_type import forget, job
from stoker.task_functions import TaskFunction


@contextlib.contextmanager
def word_count(**options: Any) -> Iterator[TaskFunction]:
    """Register the type `word-count`, and remove it at the end. Yield its function."""

    def wordcount(context: object, words: object) -> object:
        """Count the words of a text."""
        return words

    made = job(
        **{"name": "word-count", "input": "unit.extend.words_input:WordsInput", "stages": ("counting",), **options}
    )(wordcount)
    try:
        yield made
    finally:
        forget("word-count")
