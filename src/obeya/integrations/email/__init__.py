"""E-mail: messages out by SMTP."""
