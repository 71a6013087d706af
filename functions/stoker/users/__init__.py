"""Users: their roles, as claims of their tokens and in their profiles."""
