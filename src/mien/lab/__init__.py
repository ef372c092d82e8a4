"""People with exact labels: a parametric head, a renderer, and scenarios that elicit expressions."""
