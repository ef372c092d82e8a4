"""The head everyone shares: mesh, targets, what units do to them, the skin laid flat, folds."""
