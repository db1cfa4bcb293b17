"""Invoices: numbers without gaps per location, frozen versions, the lock on what was invoiced.

A version is never edited: unlocking reverses it, with a reason, and the next one is posted anew under the same number.
"""
