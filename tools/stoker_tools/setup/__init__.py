"""The set-up of a fresh checkout."""
