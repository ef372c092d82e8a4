"""From posed meshes to the pixels of a picture, layer by layer: behind, head, worn, before."""
