"""An airplane on a turntable, drawn by rays: images whose causes are known, because we chose them.

The airplane is eight ellipsoids, some of them sheared. Each ray meets each of them where a
quadratic equation says; the nearest meeting is what the camera sees. The light is far away, the
surface matte, and nothing casts a shadow.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Rays per pixel and direction; their mean is the pixel.
RAYS = 3
# Half the width of what the camera sees; the airplane is about 2 long.
SEEN = 1.1
# What a surface gives back that the light does not reach, and how far the light lies off the
# camera's axis.
AMBIENT, OFF_AXIS = 0.15, np.radians(60)


class Views(NamedTuple):
    """Images on the grid of the three factors that made them; angles in degrees."""

    images: NDArray[np.float32]
    azimuths: NDArray[np.float64]
    elevations: NDArray[np.float64]
    lights: NDArray[np.float64]

    def __repr__(self) -> str:
        arrays = (f"{name}: {a.dtype} {a.shape}" for name, a in self._asdict().items())
        return f"Views({', '.join(arrays)})"


def turntable(size: int = 32) -> Views:
    """972 rendered views of one airplane, as `data.Views`: 18 azimuths x 9 elevations x 6 lights.

    The grid is the one of NORB (LeCun, Huang and Bottou 2004). The images are our own: an airplane
    rendered here, the same everywhere, in well under a second.

    `images` float32 (18, 9, 6, size, size), from 0 (black, the background) to 1, with size pixels
    on a side; `azimuths` (18,) every 20 degrees, `elevations` (9,) from 30 to 70 and `lights` (6,)
    every 60, all in degrees. `images[i, j, k]` is
    `render(azimuths[i], elevations[j], lights[k], size)`.
    """
    azimuths = np.linspace(0, 340, 18)
    elevations = np.linspace(30, 70, 9)
    lights = np.linspace(0, 300, 6)
    images = render(azimuths[:, None, None], elevations[:, None], lights, size)
    return Views(images, azimuths, elevations, lights)


def render(
    azimuths: ArrayLike, elevations: ArrayLike, lights: ArrayLike, size: int = 32
) -> NDArray[np.float32]:
    """The airplane under each azimuth, elevation and light, rendered.

    azimuths: how far the camera went around the airplane, in degrees; at 0 it looks at the nose.
    elevations: how high the camera stands, in degrees; 0 is level with the wings, 90 straight
    above. lights: where the light comes from, in degrees around the camera's axis; 0 is from
    the right of the image, 90 from above; the light turns with the camera. The three broadcast
    against each other: give a number for a factor to hold still. size: pixels on a side.

    Returns float32 (*broadcast shape, size, size), from 0 (black, the background) to 1. Raises
    ValueError for angles that are not finite or do not broadcast, and for a size below 1.
    """
    if size < 1:
        raise ValueError(f"render: expected a size of at least 1 pixel, got {size}")
    given = [np.asarray(angles, float) for angles in (azimuths, elevations, lights)]
    if not all(np.isfinite(angles).all() for angles in given):
        raise ValueError("render: expected finite angles in degrees, got nan or infinity")
    azimuth, elevation, light = np.broadcast_arrays(*map(np.radians, given))
    images = np.empty((light.size, size, size), np.float32)
    poses, pose_of = np.unique(
        np.stack([azimuth.ravel(), elevation.ravel()]), axis=1, return_inverse=True
    )
    for number, pose in enumerate(poses.T):
        seen = np.flatnonzero(pose_of.ravel() == number)  # one pose, every light
        normals, hit = _surface(pose[0], pose[1], size)
        for image in seen:
            lit = np.maximum(_light(light.ravel()[image]) @ normals, 0)
            rays = np.zeros(hit.shape)
            rays[hit] = AMBIENT + (1 - AMBIENT) * lit
            images[image] = rays.reshape(size, RAYS, size, RAYS).mean(axis=(1, 3))
    return images.reshape(*light.shape, size, size)


def _airplane() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centers (8, 3) and axes (8, 3, 3): part p is {center + axes @ u: |u| = 1}. The nose is +x."""
    Vector = tuple[float, float, float]
    parts: list[tuple[Vector, Vector, Vector, Vector]] = [
        ((0, 0, 0), (0.95, 0, 0), (0, 0.11, 0), (0, 0, 0.11)),  # fuselage
        ((-0.78, 0, 0.17), (0.13, 0, 0), (0, 0.02, 0), (-0.12, 0, 0.26)),  # fin
    ]
    for side in (-1, 1):
        wing = (-0.05, 0.42 * side, 0.0), (0.2, 0, 0), (-0.2, 0.52 * side, 0.05), (0, 0, 0.03)
        tail = (-0.82, 0.16 * side, 0.03), (0.1, 0, 0), (-0.07, 0.24 * side, 0), (0, 0, 0.02)
        engine = (0.12, 0.36 * side, -0.08), (0.17, 0, 0), (0, 0.065, 0), (0, 0, 0.065)
        parts += [wing, tail, engine]
    numbers = np.array(parts)
    return numbers[:, 0], numbers[:, 1:].swapaxes(1, 2)


def _surface(
    azimuth: float, elevation: float, size: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Unit normals (3, hits) where a ray meets the airplane first, and which rays do: (S, S).

    S = RAYS * size. The camera's axes are right, up and towards the camera.
    """
    ca, sa, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    camera = np.array([[-sa, ca, 0], [-ca * se, -sa * se, ce], [ca * ce, sa * ce, se]])
    at = SEEN * ((np.arange(RAYS * size) + 0.5) * 2 / (RAYS * size) - 1)
    nearest = np.full((RAYS * size, RAYS * size), -np.inf)
    normals = np.zeros((3, RAYS * size, RAYS * size))
    for center, axes in zip(*_airplane(), strict=True):
        back = np.linalg.inv(axes) @ camera.T  # from the camera's space to the unit ball
        cx, cy, cz = camera @ center
        reach = np.sqrt(((camera @ axes) ** 2).sum(axis=1))
        columns = np.flatnonzero(np.abs(at - cx) < reach[0])
        rows = np.flatnonzero(np.abs(-at - cy) < reach[1])
        x, y = at[columns] - cx, -at[rows, None] - cy
        # A ray is p + z q, and |p + z q| = 1 on the part: the larger root is nearer to the camera.
        p = back[:, 0, None, None] * x + back[:, 1, None, None] * y
        q = back[:, 2]
        qq, pq = q @ q, np.tensordot(q, p, 1)
        root = pq**2 - qq * ((p**2).sum(axis=0) - 1)
        z = (np.sqrt(np.maximum(root, 0)) - pq) / qq
        box = np.ix_(rows, columns)
        front = (root > 0) & (z + cz > nearest[box])
        i, j = rows[np.nonzero(front)[0]], columns[np.nonzero(front)[1]]
        normal = back.T @ (p[:, front] + q[:, None] * z[front])
        nearest[i, j] = z[front] + cz
        normals[:, i, j] = normal / np.sqrt((normal**2).sum(axis=0))
    hit = nearest > -np.inf
    return normals[:, hit], hit


def _light(angle: float) -> NDArray[np.float64]:
    """The unit vector (3,) towards the light, in the camera's axes."""
    across = np.sin(OFF_AXIS)
    return np.array([across * np.cos(angle), across * np.sin(angle), np.cos(OFF_AXIS)])
