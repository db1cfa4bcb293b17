"""Who may be texted and for what: an append-only log per phone number, kept for at least ten years."""
