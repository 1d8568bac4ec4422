"""DECIDE: the order desk, from a message to a confirmed ERP sales order."""
