"""People, with their vehicles. They belong to the brand; visits belong to a location."""
