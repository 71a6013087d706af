"""The files in `monitoring/`: they fit together, count log lines that the code writes, and are explained on a page."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from stoker import errors
from stoker_tools.alerts.monitoring_files import DIRECTORY, LABEL, monitoring
from stoker_tools.setup import app_root
from stoker_tools.setup.environment import ROOT

FILES = monitoring()
PAGE = ROOT / "docs" / "operations.md"


def policy(name: str) -> Any:
    [found] = [one for one in FILES.policies if one["userLabels"][LABEL] == name]
    return found


@cache
def logged_events() -> dict[str, set[str]]:
    """Return the events of the log lines that the functions write, each with the names of its fields."""
    found: dict[str, set[str]] = {}
    sources = (file.read_text() for file in (ROOT / "functions" / "stoker").rglob("*.py"))
    for source in sources:
        for node in ast.walk(ast.parse(source)) if "event=" in source else ():
            if isinstance(node, ast.Call):
                fields = {one.arg: one.value for one in node.keywords if one.arg}
                if isinstance(event := fields.get("event"), ast.Constant):
                    found.setdefault(str(event.value), set()).update(fields)
    return found


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a resource."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def used_metrics(resource: Any) -> set[str]:
    return {name for text in texts(resource) for name in re.findall(r"logging\.googleapis\.com/user/([\w-]+)", text)}


@pytest.mark.parametrize("metric", FILES.metrics, ids=lambda metric: metric["name"])
def test_a_metric_counts_log_lines_that_the_functions_write(metric: Any) -> None:
    events = logged_events()
    named = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', metric["filter"]))
    assert named
    assert named <= events.keys()
    # These fields are in every line of a job.
    fields = {"event", "jobType", "jobId"}.union(*(events[event] for event in named))
    if "attempt-began" in named:
        fields.add("queueSeconds")  # The line has this field only for a job's first attempt.
    extractors = [*metric.get("labelExtractors", {}).values(), *filter(None, [metric.get("valueExtractor")])]
    asked = {name for text in (metric["filter"], *extractors) for name in re.findall(r"jsonPayload\.(\w+)", text)}
    assert asked <= fields
    labels = {one["key"] for one in metric["metricDescriptor"].get("labels", [])}
    assert labels == metric.get("labelExtractors", {}).keys()
    assert (metric["metricDescriptor"]["valueType"] == "DISTRIBUTION") == ("valueExtractor" in metric)


def test_policies_and_dashboard_use_the_metrics_and_no_others() -> None:
    made = {metric["name"] for metric in FILES.metrics}
    assert used_metrics([FILES.dashboard]) == made
    assert used_metrics(list(FILES.policies)) <= made


@pytest.mark.parametrize("kind", ["metrics", "policies"])
def test_each_file_has_the_name_of_what_it_holds(kind: str) -> None:
    names = {one.get("name") or one["userLabels"][LABEL] for one in getattr(FILES, kind)}
    assert names == {file.stem for file in (DIRECTORY / kind).iterdir()}


def test_each_file_shows_the_command_of_google_that_installs_it() -> None:
    for file in DIRECTORY.rglob("*.yaml"):
        assert f"file={file.relative_to(ROOT)}" in file.read_text().splitlines()[0]


def test_the_alert_about_failures_leaves_out_mistakes_of_users() -> None:
    [condition] = policy("jobs-failing")["conditions"]
    named = set(re.findall(r'"([a-z-]+)"', condition["conditionThreshold"]["filter"].partition("one_of")[2]))
    # A job that does not fit its time is a mistake, although the last minutes of such a job are tried again.
    ours = {one.code for one in errors.TransientError.__subclasses__()} - {errors.DeadlineExceeded.code}
    assert named == {*ours, errors.AttemptsExhausted.code}


def test_a_silent_sweeper_is_noticed_with_and_without_points() -> None:
    absent, below = policy("sweeper-silent")["conditions"]
    assert absent["conditionAbsent"]["duration"] == "1200s"
    threshold = below["conditionThreshold"]
    assert (threshold["comparison"], threshold["thresholdValue"]) == ("COMPARISON_LT", 1)
    assert threshold["aggregations"][0]["alignmentPeriod"] == threshold["duration"] == "600s"


@pytest.mark.parametrize("alert", FILES.policies, ids=lambda alert: alert["userLabels"][LABEL])
def test_the_page_explains_each_alert_in_the_same_words(alert: Any) -> None:
    sections = re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)
    title = alert["displayName"].removeprefix("Stoker: ").capitalize()
    [section] = [one for one in sections if one.startswith(f"{title}\n")]
    plain = " ".join(section.split())
    meaning, command = alert["documentation"]["content"].strip().splitlines()
    assert meaning in plain
    assert command.partition("`")[2].rstrip("`").replace("${project}", "PROJECT") in section
    assert "**Cure.**" in section


def test_the_page_explains_no_alert_that_does_not_exist() -> None:
    _, _, night = PAGE.read_text().partition("\n## At 3 a.m.\n")
    assert night.count("\n### ") == len(FILES.policies)


def test_without_batches_nothing_watches_deletions() -> None:
    less = monitoring(off=["batch"])
    assert len(less.metrics) == len(FILES.metrics) - 1
    assert [one for one in FILES.policies if one not in less.policies] == [policy("deletion-failed")]
    assert not [text for text in texts([*less.policies, less.dashboard]) if "stoker-deletions-failed" in text]
    assert all(tile["widget"]["xyChart"]["dataSets"] for tile in less.dashboard["mosaicLayout"]["tiles"])


def test_an_alert_names_its_first_command_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_root, "checkout", lambda: None)
    [silent] = [one for one in monitoring().policies if one["userLabels"][LABEL] == "sweeper-silent"]
    assert "`stoker doctor --project ${project}`" in silent["documentation"]["content"]
