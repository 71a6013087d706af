"""The collections of Stoker that an app's own functions use, perhaps without any rule for clients."""

import re
from collections.abc import Iterable, Iterator, Mapping

from stoker_tools.install.foreign_cures import stoker_name
from stoker_tools.install.foreign_paths import GuardedPath
from stoker_tools.install.foreign_refusals import Remark

COMMENT = re.compile(r"(?m)^\s*(?://|#|\*|/\*)")
"""The beginning of a line that is a comment, in JavaScript or in Python."""


def use_remarks(files: Mapping[str, str], paths: Iterable[GuardedPath]) -> Iterator[Remark]:
    """Yield a remark for each collection of Stoker that the code seems to use, with the first place.

    The code does not show whether it is the same collection, or one of this name below a document of the app.

    Args:
        files: The texts of an app's source files, by their paths.
        paths: The paths of Stoker's documents.
    """
    for path in paths:
        name = re.escape(path.name)
        use = re.compile(
            rf"\bcollection\w*\(\s*(?:[\w.()]+\s*,\s*)?(['\"`]){name}\1"
            rf"|(?:\bdoc\w*\s*[(=:]\s*(?:[\w.()]+\s*,\s*)?|\bonDocument\w*\(\s*|\bon_document\w*\(\s*)['\"`]/?{name}/"
        )
        for file, text in sorted(files.items()):
            if found := _first(use, text):
                line = text.count("\n", 0, found.start()) + 1
                sentence = (
                    f"The app's functions seem to use a collection {path.name}, and Stoker has one, too. If they are "
                    f"the same, documents would be mixed. Then write below [names] in stoker.toml: {path.default} = "
                    f'"{stoker_name(path.default)}"'
                )
                yield Remark(file, line, "collection-used", sentence)
                break


def _first(use: "re.Pattern[str]", text: str) -> "re.Match[str] | None":
    for found in use.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        if not COMMENT.match(text, start, found.start()):
            return found
    return None
