"""The probe finds out what a user's file holds, in a child process that may crash without harm."""
