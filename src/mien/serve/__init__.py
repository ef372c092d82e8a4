"""The service and its page: photos and clips read over HTTP on this machine alone; no torch."""
