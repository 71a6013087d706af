"""Reading the deployer's parameters from the environment. The Firebase CLI sets them from `functions/.env`."""

import os


class ParameterError(RuntimeError):
    """A parameter of the environment, or a setting in `stoker.toml`, has a wrong value. The message says what to do."""


def switch(name: str) -> bool:
    """Return whether a parameter is `true`. A parameter that is not set is `false`.

    Args:
        name: The name of the parameter.

    Raises:
        ParameterError: The parameter is neither `true` nor `false`.
    """
    value = os.environ.get(name) or "false"
    if value not in ("true", "false"):
        raise ParameterError(f"{name} is {value!r}. Set it to true or false, or leave it out.")
    return value == "true"


def number(name: str, default: int) -> int:
    """Return a parameter that is a whole number above 0.

    Args:
        name: The name of the parameter.
        default: The number if the parameter is not set.

    Raises:
        ParameterError: The parameter is no such number.
    """
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdecimal()) or int(value) < 1:
        raise ParameterError(f"{name} is {value!r}. Set it to a whole number above 0, or leave it out.")
    return int(value)
