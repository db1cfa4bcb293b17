"""Who did what, when: append-only. A row is written in the transaction of the change it tells of; the database refuses UPDATE, DELETE and TRUNCATE."""
