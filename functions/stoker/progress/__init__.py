"""Progress: XP, level, streak, achievements and figures, all of which follow from the tasks that were completed."""
