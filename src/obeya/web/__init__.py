"""Screens, one folder a screen: its view models in `page.py`, its views in `views.py`."""
