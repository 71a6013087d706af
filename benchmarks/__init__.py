"""One file for each claim, each against a named peer or limit, in one run. See BENCHMARKS.md."""
