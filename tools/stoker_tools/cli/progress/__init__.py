"""The command `scripts/progress`."""
