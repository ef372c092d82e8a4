"""The loop, checkpoints, evaluation and export; alone knows devices, precision and ranks."""
