"""Speech engines: recordings become words for a person to check."""
