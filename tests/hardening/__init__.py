"""The product under bad input, attacks and faults."""
