"""Electronic orders: X12 850/860, EDIFACT ORDERS/ORDCHG, UBL 2.1 Order, OrderChange, OrderCancellation."""
