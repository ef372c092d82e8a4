"""Third-party files: what may be used, where it comes from, and proof that it is that file."""
