"""A person's numbers made flesh and cloth: resting mesh, skin, hair, clothes, and the pose."""
