"""What the papers say and what we add, as data: rows, numbers, and claims about them."""
