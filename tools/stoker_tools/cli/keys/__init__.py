"""The command `stoker keys`."""
