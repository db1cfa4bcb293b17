"""The stream of changes that keeps open screens right."""
