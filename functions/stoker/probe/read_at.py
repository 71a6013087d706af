"""Reads of a file at an offset."""

from collections.abc import Callable
from typing import BinaryIO

ReadAt = Callable[[int, int], bytes]
"""A function that reads a file: the offset, and the number of bytes. It returns fewer bytes at the end of the file."""


def reader(file: BinaryIO) -> ReadAt:
    """Return the function that reads an open file."""

    def read_at(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    return read_at
