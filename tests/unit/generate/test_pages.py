"""The generated parts of the documentation: the tables, the drawing of the layers, and the recording."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stoker import errors
from stoker_tools.generate.error_tables import call_errors, job_errors
from stoker_tools.generate.field_tables import field_tables
from stoker_tools.generate.function_table import function_table
from stoker_tools.generate.layers import ALLOWED, drawing
from stoker_tools.generate.output_table import output_table
from stoker_tools.generate.pages import pages
from stoker_tools.generate.recording import animation, example
from stoker_tools.setup.environment import ROOT

SVG = "{http://www.w3.org/2000/svg}"

RECORDING = """\
   0.30 Starting ...
   9.90 ... 10 s
  10.00 Wrote a job.
  11.00   0.0 %  queued
  13.00  50.0 %  encoding
  15.00 100.0 %  completed
  15.10 The job took 5 s & ended.
"""


def test_a_field_says_its_bounds_its_writer_and_its_meaning() -> None:
    [row] = re.findall(
        r"^\| `title` \| .*1 to 200 characters.*\|$", field_tables().split("### projects")[0], re.MULTILINE
    )
    assert row.split(" | ")[1:3] == ["text; 1 to 200 characters; required", "client"]


@pytest.mark.parametrize("title", ["users", "adminData/jobs", "VideoInput", "HlsOutput", "Subtask", "OutputFile"])
def test_each_document_input_and_map_has_one_section(title: str) -> None:
    assert field_tables().count(f"### {title}\n") == 1


def test_each_map_that_a_field_links_to_has_a_section() -> None:
    tables = field_tables()
    for name in set(re.findall(r"\[\w+\]\(#(\w+)\)", tables)):
        assert re.search(rf"^### {name}$", tables, re.MULTILINE | re.IGNORECASE)


def test_a_code_that_two_errors_share_has_one_row() -> None:
    [row] = re.findall(r"^\| `deadline-exceeded` \|.*$", job_errors(), re.MULTILINE)
    assert "only if it was nearly done" in row
    assert "30 minutes" in row


def test_each_error_of_a_call_has_the_code_that_the_client_library_shows() -> None:
    table = call_errors()
    assert "| `resource-exhausted` | `too-many-calls` |" in table
    assert errors.JobExists.code not in table


def test_each_function_says_who_calls_it() -> None:
    table = function_table(ROOT / "functions/stoker/functions.py", (ROOT / "rules/functions.rules").read_text())
    assert re.search(r"^\| `setRole` \| clients: admin \| \w+", table, re.MULTILINE)
    assert re.search(r"^\| `sweep_jobs` \| a schedule \| \w+", table, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "options", "file"),
    [
        ("mp4", "`quality`: `low`, `medium` or `high`; default `medium`", "`video-720p.mp4`"),
        ("sprite", "`width`: whole number; 16 to 640; default `160`", "`sprite.vtt`"),
        ("preview", "`format`: `webp` or `gif`; default `webp`", "`preview.webp` or `preview.gif`"),
        ("hls", "`resolutions`: list of whole number; up to 6; optional", "`hls.m3u8`"),
        ("waveform", "", "`waveform.json`"),
    ],
)
def test_a_kind_of_output_has_its_options_and_the_name_of_its_file(kind: str, options: str, file: str) -> None:
    [row] = re.findall(rf"^\| `{kind}` \|.*\|$", output_table(), re.MULTILINE)
    assert options in row
    assert row.endswith(f"| {file} |")


def test_every_allowed_import_is_reached_by_arrows() -> None:
    arrows = [tuple(line.split(" --> ")) for line in drawing().splitlines() if "-->" in line]
    reached = {package: {b for a, b in arrows if a.strip() == package} for package in ALLOWED}
    for _ in ALLOWED:
        reached = {package: names.union(*(reached[name] for name in names)) for package, names in reached.items()}
    assert all(allowed <= reached[package] for package, allowed in ALLOWED.items())


def test_the_recording_shows_all_lines_and_a_full_bar_at_its_end() -> None:
    picture = ElementTree.fromstring(animation(RECORDING))
    texts = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]
    assert texts[:3] == ["$ scripts/demo", "Starting ...", "Wrote a job."]
    assert texts[-1] == "The job took 5 s & ended."
    [widths] = [each for each in picture.iter(f"{SVG}animate") if each.get("attributeName") == "width"]
    assert str(widths.get("values")).split(";") == ["0", "0", "210", "420", "420"]


def test_the_example_leaves_out_some_reports_of_progress() -> None:
    lines = example(RECORDING.replace("  13.00  50.0", "  12.00  20.0 %  encoding\n  13.00  50.0")).splitlines()
    assert lines[1:4] == ["$ scripts/demo", "Starting ...", "Wrote a job."]
    assert lines[4:7] == ["  0.0 %  queued", " 50.0 %  encoding", "100.0 %  completed"]


def test_a_project_without_documentation_has_no_pages(tmp_path: Path) -> None:
    assert pages(tmp_path, "", "") == {}
