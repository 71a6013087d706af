"""Child processes that read a user's file or text. They are confined and watched, and have no network."""
