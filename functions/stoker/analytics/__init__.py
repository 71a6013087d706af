"""Analytics: events, and their aggregates by the hour, the day and the month."""
