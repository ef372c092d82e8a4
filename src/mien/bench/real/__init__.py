"""The lab held against the world: photographs of people, and a reader that others taught."""
