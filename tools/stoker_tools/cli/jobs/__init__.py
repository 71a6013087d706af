"""The command `stoker jobs`."""
