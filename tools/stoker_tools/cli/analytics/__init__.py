"""The command line of the analytics."""
