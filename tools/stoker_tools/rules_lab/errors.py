"""What can go wrong with rules."""


class RulesError(Exception):
    """The text is not of the rules' language; the message says where."""


class NoVerdict(Exception):
    """An emulator has neither allowed a request nor refused it; the message says what it answered."""
