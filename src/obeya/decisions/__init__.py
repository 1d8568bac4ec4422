"""ASK: every question to a human, its window, its answer."""
