"""Events, and what they add up to by the hour, the day and the month."""
