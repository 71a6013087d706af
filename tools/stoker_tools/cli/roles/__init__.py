"""The command `stoker roles`."""
