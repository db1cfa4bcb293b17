"""A stand-in for the provider of texts and for a mail server, so that the whole loop runs without an account.

It speaks the part of Twilio's API that we use, calls our webhook with signed requests, can be told to fail in every
way that a provider fails, and shows what each customer's phone shows. All it knows is in memory and bounded.
`./keytag run` starts it, tests and benches too; a production installation needs nothing of it.
"""
