"""DECIDE: exceptions, routed to every affected function and resolved together."""
