"""The command `scripts/roles`."""
