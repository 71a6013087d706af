"""The tests that take over a second without being marked `slow`, at the end of a run that leaves out slow ones."""

import os
from collections.abc import Generator

import pytest

SECONDS = 1.0
BUSY = 1.5
"""The load average per processor from which on the machine has other work: a run has a process for each processor."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Measure the CPU time of a test's fixtures."""
    return (yield from _measured(item, "setup"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Measure the CPU time of a test."""
    return (yield from _measured(item, "call"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List the slow tests, by their time; on a busy machine, where all tests take longer, by their CPU time alone.

    They do not fail, because neither time is the same twice.
    """
    if "not slow" not in config.option.markexpr:
        return
    is_busy = os.getloadavg()[0] > BUSY * (os.cpu_count() or 1)
    found = []
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("")):
        cpu = dict(report.user_properties).get(report.when, 0.0)
        if (cpu if is_busy else report.duration) > SECONDS:
            found.append(f"{report.duration:5.1f} s, {cpu:5.1f} s of CPU  {report.when:5}  {report.nodeid}")
    if found:
        terminalreporter.section("over a second: mark these tests `slow`, or make them faster")
    for line in sorted(found, reverse=True):
        terminalreporter.write_line(line)


def _measured(item: pytest.Item, when: str) -> Generator[None]:
    before = os.times()
    try:
        yield
    finally:
        # The first four: user and system time of this process, and of the children that it has waited for.
        item.user_properties.append((when, sum(os.times()[:4]) - sum(before[:4])))
