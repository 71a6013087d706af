"""The command `stoker progress`."""
