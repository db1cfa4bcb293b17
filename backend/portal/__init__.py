"""The customer's page: what the holder of a signed link sees and may do."""
