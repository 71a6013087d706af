"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import stoker
import stoker_tools

CHILDREN = {
    "stoker.probe.candidate",
    "stoker.probe.track_reader",
    "stoker.probe.probe_child",
    "stoker.speech.engines.espeak_child",
}
"""Scripts and parts of scripts, which can't be imported as modules of the package."""

MODULES = {
    module.name
    for package in (stoker, stoker_tools)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
} - CHILDREN


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_examples_of(name: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(importlib.import_module(name), optionflags=flags).failed == 0
