"""Security rules as a language: parsed, weighed against the platform's limits, and spoiled on purpose."""
