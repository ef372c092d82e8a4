"""Pure functions of tensors, one equation a file."""
