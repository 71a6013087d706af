"""The sound of every output: its level."""
