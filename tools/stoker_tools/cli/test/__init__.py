"""The command `scripts/test`: pytest, and the emulator suite for the tests that need one."""
