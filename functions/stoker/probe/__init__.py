"""The probe: what a user's file holds, found out by a child process that may crash without harm."""
