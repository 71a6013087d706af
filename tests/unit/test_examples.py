"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import development.generate
import development.rules
import stoker

CHILDREN = {"stoker.media.probe_child", "stoker.media.speech.espeak_child"}
"""Scripts, which are no modules of ours to import."""

PACKAGES = (stoker, development.generate, development.rules)

MODULES = {
    module.name for package in PACKAGES for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
} - CHILDREN


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_examples_of(name: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(importlib.import_module(name), optionflags=flags).failed == 0
