"""mien reads faces without reading who they belong to."""

__version__ = "0.1.0.dev0"
