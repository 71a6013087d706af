"""Cloud Storage as Stoker uses it: the users' sources, and the outputs of jobs."""
