"""A technician's day as the tablet keeps it: own jobs with their work, clocks, history and inspections, no prices."""
