"""What a frozen representation is asked: labels, shape, what it hides, who is shown."""
