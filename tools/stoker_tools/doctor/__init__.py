"""Looking at a running project: facts are read in parallel, and pure functions decide what is wrong."""
