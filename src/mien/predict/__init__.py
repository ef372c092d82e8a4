"""Photos, folders and clips read by an exported model; no torch."""
