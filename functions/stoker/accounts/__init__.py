"""Accounts: sign-up, profile, roles, deletion, and the reconcile that repairs them."""
