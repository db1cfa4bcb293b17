"""Conversations as tasks: unread, whose, how old, answered by whom just now, done."""
