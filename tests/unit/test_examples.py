"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import development.generate
import development.rules
import stoker

CHILDREN = {
    "stoker.media.candidate",
    "stoker.media.found",
    "stoker.media.probe_child",
    "stoker.media.speech.espeak_child",
}
"""Scripts and parts of scripts, which can't be imported as modules of the package."""

PACKAGES = (stoker, development.generate, development.rules)

MODULES = {
    module.name for package in PACKAGES for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
} - CHILDREN


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_examples_of(name: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(importlib.import_module(name), optionflags=flags).failed == 0
