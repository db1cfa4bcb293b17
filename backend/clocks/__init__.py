"""Technicians' clocks: one running timer each, why it stopped, actual hours against sold ones."""
