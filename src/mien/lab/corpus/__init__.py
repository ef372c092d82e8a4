"""Stores on disk: rendering them in parts, named releases, and proof that a copy is the same."""
