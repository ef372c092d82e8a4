"""People with exact labels: a parametric head, a renderer, scenarios that elicit expressions."""
