"""The whole path in one call, from rendering to a report, and its runs compared."""
