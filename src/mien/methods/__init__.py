"""One paper, one file: its hyperparameters and a module whose forward is its training step."""
