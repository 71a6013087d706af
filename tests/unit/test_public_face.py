"""The public face of the package: the names that other code may import, and the cost of importing it."""

import subprocess
import sys
from pathlib import Path

import pytest

import stoker
from stoker import errors, registry
from stoker.access import guard
from stoker.aggregations import aggregations
from stoker.aggregations import figures as results
from stoker.analytics import record
from stoker.analytics import series as figures
from stoker.extend import achievement, alternative, app_query, job_type
from stoker.extend import document as own_document
from stoker.jobs import commands, context, monitor
from stoker.live import realtime_sync, update
from stoker.models import document, owned_document, video, warnings, writers
from stoker.models import job as job_model
from stoker.pages import async_pages, page, paginated_query
from stoker.queries import asking
from stoker.sandbox import confined

FUNCTIONS = Path(__file__).parents[2] / "functions"

FUNCTIONS_AND_TYPES = {
    "AsyncPaginatedQuery": async_pages.AsyncPaginatedQuery,
    "Aggregations": aggregations.Aggregations,
    "Bucket": results.Bucket,
    "Cost": results.Cost,
    "Figures": results.Figures,
    "Group": results.Group,
    "Percentiles": results.Percentiles,
    "Streamed": results.Streamed,
    "CLIENT": writers.CLIENT,
    "CLIENT_ONCE": writers.CLIENT_ONCE,
    "JobContext": context.JobContext,
    "JobMonitor": monitor.JobMonitor,
    "JobOutput": job_model.JobOutput,
    "MakesNoFiles": document.MakesNoFiles,
    "Model": document.Model,
    "OutputFile": job_model.OutputFile,
    "OutputWarning": warnings.OutputWarning,
    "Page": page.Page,
    "PaginatedQuery": paginated_query.PaginatedQuery,
    "OwnedDocument": owned_document.OwnedDocument,
    "RealtimeSync": realtime_sync.RealtimeSync,
    "RegistrationError": registry.RegistrationError,
    "SharedDocument": owned_document.SharedDocument,
    "SyncUpdate": update.SyncUpdate,
    "achievement": achievement.achievement,
    "SourcePath": video.SourcePath,
    "active_users": figures.active_users,
    "alternative": alternative.alternative,
    "any_of": asking.any_of,
    "cancel_job": commands.cancel_job,
    "create_processing_job": commands.create_processing_job,
    "document": own_document.document,
    "guarded": guard.guarded,
    "job": job_type.job,
    "monitor_job": monitor.monitor_job,
    "query": app_query.query,
    "record_event": record.record_event,
    "retry_job": commands.retry_job,
    "run_confined": confined.run_confined,
    "series": figures.series,
    "top": figures.top,
}

ERROR_MODULES = [
    "stoker.errors",
    *sorted(f"stoker.errors.{file.stem}" for file in (FUNCTIONS / "stoker" / "errors").glob("[a-z]*.py")),
]

ERRORS = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}


def run(code: str) -> str:
    """Return the output of a new Python process."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=FUNCTIONS, capture_output=True, text=True, check=True
    ).stdout


def test_the_public_names_are_these() -> None:
    """A name that is missing here breaks other people's code. A new name is a promise to keep."""
    assert set(stoker.__all__) == FUNCTIONS_AND_TYPES.keys() | ERRORS.keys()


def test_each_name_is_the_object_of_its_module() -> None:
    for name, value in {**FUNCTIONS_AND_TYPES, **ERRORS}.items():
        assert getattr(stoker, name) is value


@pytest.mark.parametrize(
    ("statement", "modules"),
    [("import stoker", ["stoker"]), ("from stoker import InvalidJob", ["stoker", *ERROR_MODULES])],
)
def test_an_import_costs_only_the_modules_that_it_needs(statement: str, modules: list[str]) -> None:
    """Neither Google's libraries nor pydantic are imported before they are needed."""
    before, own = "import sys; before = set(sys.modules)", "name.split('.')[0] not in sys.stdlib_module_names"
    assert (
        run(f"{before}; {statement}; print(sorted(name for name in set(sys.modules) - before if {own}))")
        == f"{modules}\n"
    )


def test_names_are_listed_before_they_are_used() -> None:
    assert run("import stoker; print({*stoker.__all__} <= {*dir(stoker)})").strip() == "True"


def test_submodules_are_still_found() -> None:
    assert run("from stoker import config; print(config.__name__)").strip() == "stoker.config"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="module 'stoker' has no attribute 'create_job'"):
        getattr(stoker, "create_job")  # noqa: B009 - a type checker refuses `stoker.create_job`
