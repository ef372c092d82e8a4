"""Pure scores and protocols, in NumPy."""
