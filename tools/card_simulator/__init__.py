"""A stand-in for the card processor, so that paying online runs without an account.

It speaks the part of Stripe's API that we use, shows the page where a customer pays, declines or leaves, and tells our
webhook with signed events; it can be told to fail. All it knows is in memory. `./keytag run` starts it, tests do too; a
production installation needs nothing of it but other settings.
"""
