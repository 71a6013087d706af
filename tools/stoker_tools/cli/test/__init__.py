"""The command `stoker test`: pytest, and the emulator suite for the tests that need it."""
