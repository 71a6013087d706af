"""The command `stoker accounts`."""
