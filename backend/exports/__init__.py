"""What leaves as CSV: limited, audited, sent while it is read, safe in a spreadsheet."""
