"""The command `stoker explain`."""
