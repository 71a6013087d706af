"""The conventions of this repository that no linter knows. `scripts/check` runs them, by `python -m` of this package.

Each module holds one convention, as a function of texts or paths that returns sentences. `checkout` applies them to the
files of a checkout.
"""
