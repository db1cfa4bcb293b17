"""Inspection reports: what the customer is shown of an inspection, how it is sent, when it was opened."""
