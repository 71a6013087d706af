"""The input of a type of job that tests register."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import Model


class WordsInput(Model):
    """The text whose words are counted."""

    text: Annotated[str, Field(min_length=1, max_length=100_000)]
