"""What knows nothing of the business: clock, ids, canonical text, the embedded database."""
