"""Generated regions of files. The text between two marks is generated, and the rest is written by hand."""

import re

from stoker_tools.generate.errors import GenerateError

BEGIN = re.compile(
    r"^(?P<indent> *)(?P<open>// |# |<!-- )BEGIN (?P<name>[\w. ]+), made by scripts/generate(?P<close>(?: -->)?)\n",
    re.MULTILINE,
)
"""The first mark of a region, in each of the three forms: `//` in rules, `#` in YAML, and `<!--` in Markdown."""


def replaced(text: str, parts: dict[str, str]) -> str:
    """Return a text with each part in its region.

    Args:
        text: A text with `// BEGIN name, made by scripts/generate` and `// END name` for every part, or the same marks
            in another form of comment.
        parts: The parts, by the names of their regions, without indentation.

    Raises:
        GenerateError: A region has no part, or a part has no region.

    Example:
        >>> print(replaced("  // BEGIN a, made by scripts/generate\\n  old\\n  // END a\\n", {"a": "new"}), end="")
          // BEGIN a, made by scripts/generate
          new
          // END a
    """
    named = [match["name"] for match in BEGIN.finditer(text)]
    if sorted(named) != sorted(parts):
        raise GenerateError(f"The file has regions for {', '.join(named)}, and the models make {', '.join(parts)}.")
    for match in list(BEGIN.finditer(text)):
        indent, name = match["indent"], match["name"]
        begin = match[0]
        end = f"{indent}{match['open']}END {name}{match['close']}\n"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise GenerateError(f"The region {name} has no end: add the line `{end.strip()}`.")
        lines = "".join(f"{indent}{line}\n" if line else "\n" for line in parts[name].splitlines())
        text = before + begin + lines + end + after
    return text
