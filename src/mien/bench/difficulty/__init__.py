"""How hard the lab is: people, activities, and rungs between chance and all labels."""
