"""Child processes that read a user's file or text: confined, watched, and without a network."""
