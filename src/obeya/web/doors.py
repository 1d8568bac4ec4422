"""Which functions open which screen, and which may press what: said once, for the views and the navigation.

Screens are opened with `looking=True`: the plant manager may look at everything of the site.
"""

from __future__ import annotations

from obeya.cases import rules as cases
from obeya.people.queries import Function

ORDERS = (Function.ORDER_DESK, Function.CUSTOMER_SERVICE, Function.COMMERCIAL)
"""See the order desk, and answer the doubts that are asked of their function."""
ORDERS_ACT = (Function.ORDER_DESK,)
"""Confirm and refuse orders, ask customers."""
ALIASES = (Function.ORDER_DESK, Function.COMMERCIAL)
"""See and change what customers' words mean."""
LEAKAGE = (Function.COMMERCIAL,)
"""See what is given away."""
PRICE_RULES = (Function.COMMERCIAL,)
"""See price rules, write them, and put them in force."""
CUSTOMERS = (Function.ORDER_DESK, Function.CUSTOMER_SERVICE, Function.COMMERCIAL, Function.IT)
"""See customers, and who of them uses the portal."""
BUYERS = (Function.ORDER_DESK, Function.IT)
"""Invite customers' people to the portal, take their access away, and set what the portal shows."""
CASES = cases.SEEN_BY
"""See exceptions and their story."""
TERMINAL = (Function.OPERATOR, Function.PRODUCTION, Function.QUALITY)
"""Stand at a machine: place holds."""
CONNECTORS = (Function.IT,)
"""See and mend the doors to other systems."""
