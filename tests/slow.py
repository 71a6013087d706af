"""The tests that take over a second without being marked `slow`, at the end of a run that leaves out slow ones."""

import os
from collections.abc import Generator

import pytest

SECONDS = 1.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Measure the CPU time of a test's fixtures."""
    return (yield from _measured(item, "setup"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Measure the CPU time of a test."""
    return (yield from _measured(item, "call"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List the slow tests. They do not fail: on a busy machine, every test takes longer."""
    if "not slow" not in config.option.markexpr:
        return
    passed = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("")]
    slow = [report for report in passed if report.duration > SECONDS]
    if slow:
        terminalreporter.section("over a second: mark these `slow` if the machine had nothing else to do")
    for report in sorted(slow, key=lambda report: -report.duration):
        cpu = dict(report.user_properties).get(report.when, 0.0)
        terminalreporter.line(f"{report.duration:5.1f} s, {cpu:5.1f} s of CPU  {report.when:8} {report.nodeid}")


def _measured(item: pytest.Item, when: str) -> Generator[None]:
    before = os.times()
    try:
        yield
    finally:
        # The first four: user and system time of this process, and of the children that it has waited for.
        item.user_properties.append((when, sum(os.times()[:4]) - sum(before[:4])))
