"""What a developer of this project runs: the emulator suite, the tests, the demo."""
