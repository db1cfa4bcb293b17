"""Texts and emails with customers."""
