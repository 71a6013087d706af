"""Jobs as tables. A terminal and a file get the same columns, and only a terminal gets colours."""

import sys
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stoker.models.job import ProcessingJob
from stoker_tools.cli.text import as_json, clean, moment

COLOURS = {"completed": "green", "failed": "red", "cancelled": "yellow", "processing": "cyan"}
MOST_LINES = 60
"""The most lines of a field that are shown. --json shows all."""


def console() -> Console:
    """Return a console as wide as the terminal; elsewhere, so wide that nothing is cut."""
    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 400)


def print_jobs(jobs: list[dict[str, Any]]) -> None:
    """Print a line for each job."""
    columns = ("id", "user", "type", "status", "progress", "stage", "attempt", "created (UTC)", "error code")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True, justify="right" if column in ("progress", "attempt") else "left")
    for job in jobs:
        created = job.get("createdAt")
        shown = f"{created.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if isinstance(created, datetime) else created
        cells = (job["id"], job.get("userId"), job.get("type"), job.get("status"), percent(job), job.get("stage"))
        table.add_row(*(_cell(cell) for cell in (*cells, job.get("attempt"), shown, job.get("errorCode"))))
    console().print(table)


def print_job(job: dict[str, Any]) -> None:
    """Print all fields of a job. The fields of the model come first."""
    known = [field.alias or name for name, field in ProcessingJob.model_fields.items()]
    names = [name for name in known if name in job] + sorted(set(job) - set(known))
    width = max(len(clean(name, 40)) for name in names)
    for name in names:
        lines = _lines(job[name])
        cut = [*lines[:MOST_LINES], "… (--json shows all)"] if len(lines) > MOST_LINES else lines
        for number, line in enumerate(cut):
            label = clean(name, 40) if number == 0 else ""
            console().print(Text(f"{label:{width}}  ") + _cell(line), soft_wrap=True)


def percent(job: dict[str, Any]) -> str:
    """Return the progress of a job, such as `40.0 %`."""
    progress = job.get("progress", 0)
    return f"{progress:.1f} %" if isinstance(progress, int | float) else clean(progress, 10)


def _lines(value: Any) -> list[str]:
    if isinstance(value, datetime):
        return [moment(value)]
    if isinstance(value, dict | list):
        return as_json(value).splitlines()
    return [str(value)]


def _cell(value: object) -> Text:
    text = clean("" if value is None else value)
    return Text(text, style=COLOURS.get(text, ""))
