"""Who may call what: the form of `rules/functions.rules`, and what enforces it."""
