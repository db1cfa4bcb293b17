"""Signed links: what a customer holds instead of an account. One purpose, one visit, at most seven days, revocable.

Opening a link changes nothing; what it shows and lets do is `backend.portal`'s.
"""
