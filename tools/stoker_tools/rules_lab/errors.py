"""Errors of the tools for rules."""


class RulesError(Exception):
    """The text is not in the rules' language. The message names the line."""


class NoVerdict(Exception):
    """An emulator neither allowed nor refused a request. The message quotes its answer."""
