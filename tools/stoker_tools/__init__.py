"""The tools around Stoker: the `stoker` command and all that it runs. None of it is deployed."""
