"""Cloud Storage: the users' sources, and the outputs of jobs."""
