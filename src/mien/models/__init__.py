"""Image backbones, text towers and heads, each built by a frozen config."""
