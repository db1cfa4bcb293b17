"""The appointment and its status: schedule, change, move in time, delete. No technician and no bay is double-booked unless a named person said why."""
