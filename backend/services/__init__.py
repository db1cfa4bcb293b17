"""Work lines of an appointment."""
