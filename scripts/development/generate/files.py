"""The files that are made, by their paths in the project."""

from collections.abc import Mapping
from pathlib import Path

from development.environment import ROOT
from development.generate.errors import GenerateError
from development.generate.inputs import input_functions
from development.generate.regions import replaced
from development.generate.rules import document_functions, map_functions
from development.generate.uploads import upload_function
from development.rules.budget import excesses
from stoker.models.analytics import AnalyticsEvent
from stoker.models.job import ProcessingJob
from stoker.models.project import Project
from stoker.models.settings import JobSettings
from stoker.models.task import Task
from stoker.models.user import User

FIRESTORE_RULES = Path("rules/firestore.rules")
STORAGE_RULES = Path("rules/storage.rules")


def made_files(root: Path = ROOT) -> Mapping[Path, str]:
    """What each file must hold, by its path from the root.

    Args:
        root: Of the project, where the files are of which only regions are made.

    Raises:
        GenerateError: No file can be made of what the models or the marks say.
    """
    return {
        FIRESTORE_RULES: _within_limits(
            replaced(
                (root / FIRESTORE_RULES).read_text(),
                {
                    "user": document_functions(User, "user"),
                    "task": document_functions(Task, "task"),
                    "project": document_functions(Project, "project"),
                    "job": document_functions(ProcessingJob, "job"),
                    "input": input_functions("input"),
                    "event": document_functions(AnalyticsEvent, "event"),
                    "jobSettings": map_functions(JobSettings, "jobSettings"),
                },
            )
        ),
        STORAGE_RULES: _within_limits(
            replaced((root / STORAGE_RULES).read_text(), {"uploads": upload_function("isAccepted")})
        ),
    }


def _within_limits(rules: str) -> str:
    if found := excesses(rules):
        raise GenerateError("The rules break limits of the platform: " + " ".join(found))
    return rules
