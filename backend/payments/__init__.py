"""Money taken: an append-only ledger."""
