"""The books: day closes, what is owed, taxes, and the journal. A closed day takes no more entries."""
