"""What `./keytag` does: set-up, embedded servers, run, test, and the developer's other verbs.

Start reading at `bootstrap` (plain Python, makes `.venv`), then `verbs` (one line per verb). Each other module
is one concern: `stamps`, `console`, `python_packages`, `node`, `frontend`, `browser` prepare things; `processes`,
`postgres`, `redis_server` and `services` keep servers alive; `shop` runs the whole product and `testing` tests it.
"""
