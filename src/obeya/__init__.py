"""Obeya: the manufacturing OS, the execution layer above ERP."""
