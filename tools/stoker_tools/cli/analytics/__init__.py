"""The command `stoker analytics`."""
