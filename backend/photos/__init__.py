"""Photos of inspections: uploads in chunks, checked and re-encoded, kept on disk or in a bucket, shown by signed addresses."""
