"""The books: day closes, what is owed, the journal and the exports. A closed day takes no more entries."""
