"""EXISTS: items, customers, prices, equipment, lots and orders, mirrored from ERP."""
