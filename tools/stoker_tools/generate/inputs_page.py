"""The table of accepted inputs in the documentation."""

from stoker.sandbox.formats import ACCEPTED


def accepted_table() -> str:
    """Return a table in Markdown with a row for each container."""
    rows = [
        (
            accepted.name,
            ", ".join(f"`.{ending}`" for ending in accepted.endings),
            ", ".join(accepted.video),
            ", ".join(accepted.audio),
            ", ".join(f"`{kind}`" for kind in accepted.media_types),
        )
        for accepted in ACCEPTED
    ]
    head = ("container", "file names end in", "picture", "sound", "media types")
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * 5, *rows))
