"""Doubts put to the customer as one-tap questions: which, in what words, and what an answer means."""
