"""The command `stoker deploy`."""
