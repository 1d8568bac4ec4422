"""Tryton 8.0 over its REST user application: reads master and planning data, posts outcomes."""
