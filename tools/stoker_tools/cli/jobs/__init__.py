"""The command `scripts/jobs`: jobs at a terminal, of the emulator suite or of a project."""
