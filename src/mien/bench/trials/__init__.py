"""Rows of the papers tried: planned at a budget, trained, asked, every piece kept."""
