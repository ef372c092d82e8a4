"""Comparisons and the demo: rooms put to work together."""
