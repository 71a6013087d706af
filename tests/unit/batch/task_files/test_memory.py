"""Large files: the memory that is taken does not grow with the file."""

import json
import os
import tracemalloc
from pathlib import Path

import pytest

from stoker.batch.task_files.lines import WINDOW_BYTES, Lines
from stoker.batch.task_files.readers import reader_of
from stoker.batch.task_files.task_record import TaskFile
from stoker.models.batch import ImportedTask

RECORDS = 100_000

FILLER = "x" * 400


def line(name: str, number: int) -> str:
    """A record, with its newline."""
    if name == "tasks.csv":
        return f'"Task {number}",{FILLER}\n'
    record = json.dumps({"title": f"Task {number}", "description": FILLER})
    return f"{record}\n" if name == "tasks.ndjson" else f"{record}{',' if number < RECORDS else ']'}\n"


@pytest.mark.soak
@pytest.mark.parametrize("name", ["tasks.csv", "tasks.ndjson", "tasks.json"])
def test_a_hundred_thousand_records_take_no_more_memory_than_a_few_windows(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("w") as file:
        file.write({"tasks.csv": "title,description\n", "tasks.json": "[\n"}.get(name, ""))
        file.writelines(line(name, number) for number in range(1, RECORDS + 1))
    descriptor = os.open(path, os.O_RDONLY)
    lines = Lines(lambda offset, length: os.pread(descriptor, length, offset), path.stat().st_size)
    assert lines.size > 15 * WINDOW_BYTES
    tracemalloc.start()
    try:
        reader = reader_of(TaskFile(name, lines), "")
        (offset, number), found = reader.begin, 0
        while (record := reader.at(offset, number)) is not None:
            assert isinstance(record.found, ImportedTask)
            offset, number, found = record.after, record.next_line, found + 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        os.close(descriptor)
    print(f"{name}: {lines.size / 1024**2:.1f} MiB in the file, {peak / 1024**2:.1f} MiB of memory")
    assert found == RECORDS
    assert peak < 6 * WINDOW_BYTES
