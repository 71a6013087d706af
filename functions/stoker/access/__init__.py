"""The rights to call functions: the form of `rules/functions.rules`, and the code that enforces it."""
