"""The demo plant, the demo ERP that holds its master data, and the live-plant simulator."""
