"""Everything about one appointment in one statement."""
