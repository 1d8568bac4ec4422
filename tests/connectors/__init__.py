"""One suite that every ERP connector passes, run against real ERPs."""
