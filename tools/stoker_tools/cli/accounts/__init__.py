"""`scripts/accounts`: an operator deletes an account, with all that belongs to it."""
