"""The documents. Every field, bound and default is declared here, and nowhere else."""
