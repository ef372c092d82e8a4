"""How fast and how large: loader, renderer, losses, edits, the reader, the service."""
