"""People as numbers: who can be rendered, what they wear, and how they are drawn by lot."""
