"""The major version of a program, read from its own words."""


def major(version: str) -> int:
    """Return the first number of a version, such as 21 for `"21.0.8"`, or 0 if there is none."""
    digits = version.strip().strip('"').partition(".")[0]
    return int(digits) if digits.isdigit() else 0
