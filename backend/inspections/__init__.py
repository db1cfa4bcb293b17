"""Vehicle checks: checklists and their items."""
