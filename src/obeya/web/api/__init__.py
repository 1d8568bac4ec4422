"""The API: for programs, with a person's token."""
