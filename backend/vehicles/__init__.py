"""Vehicles: what is known of a car, whose it is, and what its VIN says. They belong to the brand; visits belong to a location."""
