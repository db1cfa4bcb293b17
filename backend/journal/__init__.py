"""The journal: balanced entries derived from invoices, reversals and payments, and where a cent is off."""
