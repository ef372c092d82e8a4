"""Light from all around as nine numbers a colour: Lambert's law under spherical harmonics."""

import numpy as np
from jaxtyping import Float32

from mien.lab.conditions.world import World

_SPREAD = np.array([1.0, *[2.0 / 3.0] * 3, *[0.25] * 5], np.float32)
"""What Lambert's cosine leaves of each band, over π (Ramamoorthi and Hanrahan, 2001, SIGGRAPH,
eq. 8)."""


def harmonics(directions: Float32[np.ndarray, "point 3"]) -> Float32[np.ndarray, "point 9"]:
    """Real spherical harmonics up to the second order at unit vectors."""
    x, y, z = directions.T
    columns = [
        np.full_like(x, 0.282095),
        *(0.488603 * y, 0.488603 * z, 0.488603 * x),
        *(1.092548 * x * y, 1.092548 * y * z, 0.315392 * (3.0 * z * z - 1.0)),
        *(1.092548 * x * z, 0.546274 * (x * x - y * y)),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def environment(world: World) -> Float32[np.ndarray, "9 3"]:
    """Coefficients of a world's lamps and of its ambient light, brighter from above."""
    result = np.zeros((9, 3), np.float32)
    for light in world.lights:
        yaw, pitch = np.deg2rad([light.yaw, light.pitch])
        toward = np.array(
            [[np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)]], np.float32
        )
        colour = np.pi * light.intensity * np.array(light.colour, np.float32)
        result += harmonics(toward).T * colour
    ambient = np.array(world.ambient, np.float32)
    # A sphere of light L gives L: its constant term is L times the root of 4 pi.
    result[0] += ambient * np.float32(0.7 * np.sqrt(4.0 * np.pi))
    result[1] += ambient * np.float32(0.3 * np.sqrt(4.0 * np.pi))
    return result


def irradiance(
    coefficients: Float32[np.ndarray, "9 3"], normals: Float32[np.ndarray, "point 3"]
) -> Float32[np.ndarray, "point 3"]:
    """Light that a matt surface sends back at each normal, for an albedo of 1."""
    lit = harmonics(normals) @ (coefficients * _SPREAD[:, None])
    return np.maximum(lit, 0.0).astype(np.float32)
