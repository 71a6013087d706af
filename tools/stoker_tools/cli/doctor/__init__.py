"""The command `stoker doctor`."""
