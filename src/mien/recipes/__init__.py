"""What a run is, and the named functions that return one."""
