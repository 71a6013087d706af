"""The functions that are deployed: all of Stoker's. An app adds its own functions and types of jobs here."""

from stoker.functions import *  # noqa: F403 - `stoker.functions` lists the names of the functions.
