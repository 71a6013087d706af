"""The generated rules and indexes that do not agree with the models.

`predeploy.cjs` looks at `functions.yaml`, because the CLI runs it too, where there is no Python.
"""

from collections.abc import Iterator
from pathlib import Path

from stoker_tools.deploy.findings import Finding
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.files import rules_and_indexes

BY_HAND = 'Compare your rules and indexes with those of Stoker: docs/deploy.md, "Install into an app", step 3.'
"""The cure where `scripts/generate` can't help, because the app has rules of its own in other files."""


def stale_findings(root: Path) -> Iterator[Finding]:
    """Yield a finding if rules, rights or indexes do not agree with the models.

    Args:
        root: The checkout.
    """
    try:
        made = rules_and_indexes(root)
        stale = [str(path) for path, text in made.items() if (root / path).read_text() != text]
    except (GenerateError, OSError) as error:
        # Such as in an app that keeps its rules in another file, without the marks of the generated regions.
        reason = f"The rules and indexes could not be compared with the models: {error}"
        yield Finding("not-compared", reason, BY_HAND, "warning")
        return
    if stale:
        yield Finding("stale-files", f"Generated files are stale: {', '.join(stale)}.", "scripts/generate")
