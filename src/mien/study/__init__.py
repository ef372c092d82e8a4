"""Numbers that studies need, from tables of readings: events, and what comes after them."""
