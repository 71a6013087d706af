"""A user and a clip for the demo, the tests and the benchmarks."""
