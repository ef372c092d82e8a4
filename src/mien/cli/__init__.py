"""The door: parses, opens one room."""
