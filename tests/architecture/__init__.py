"""Promises about the whole tree, checked before anything else."""
