"""All but the person and the face: pose, light, camera, background and damage, as numbers."""
