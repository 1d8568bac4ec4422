"""Customers: who they are, who of them may order in the portal."""
