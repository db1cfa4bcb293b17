"""Hands messages to providers: claims, calls, retries, lost answers; nothing is lost and nothing goes twice."""
