"""Chance: streams with addresses, pools held apart, middles, and fixed fields of noise."""
