"""Tests of the WhatsApp border."""
