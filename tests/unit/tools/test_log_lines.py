"""The log of a suite, as people read it."""

import pytest

from stoker_tools.emulators.log_lines import readable

NOW = "07:30:01"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            '>  {"severity": "INFO", "jobId": "7aCF", "jobType": "video-processing", "message": "The job is queued."}',
            "07:30:01  INFO     7aCF  The job is queued.",
        ),
        (
            '>  {"severity": "ERROR", "message": "It failed.", "stack": "Traceback\\n  File"}',
            "07:30:01  ERROR    It failed.\n    Traceback\n      File",
        ),
        (
            'i  functions: Finished "us-central1-sweep_jobs" in 1518.43ms',
            "07:30:01  INFO     sweep_jobs took 1.5 s.",
        ),
        ('i  functions: Beginning execution of "us-central1-sweep_jobs"', None),
        ("i  functions: Loaded environment variables from functions/.env, functions/.env.demo-stoker", None),
        ("⚠  functions: The port is taken.", "07:30:01  WARNING  functions: The port is taken."),
        ("⬢  functions: Failed to load.", "07:30:01  ERROR    functions: Failed to load."),
        (">  printed by a function", "07:30:01  INFO     printed by a function"),
        ('>  {"no": "message"}', '07:30:01  INFO     {"no": "message"}'),
        (">  {broken}", "07:30:01  INFO     {broken}"),
        ("", None),
    ],
)
def test_a_line(line: str, shown: str | None) -> None:
    assert readable(line, NOW) == shown


def test_text_of_a_user_can_not_command_the_terminal() -> None:
    shown = readable('>  {"severity": "INFO", "jobId": "a\\u001b[2J", "message": "b\\u202e\\u0007"}', NOW) or ""
    assert shown.isprintable()
    assert (readable(">  \x1b[31mred", NOW) or "").isprintable()
