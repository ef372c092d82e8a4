"""Plain tables in, self-contained HTML out."""
