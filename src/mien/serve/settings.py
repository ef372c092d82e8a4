"""What the service allows and how long it waits."""

import os
from dataclasses import dataclass

MEGA = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits; those of what is sent are told to clients by GET /model."""

    photo_bytes: int = 32 * MEGA
    """Largest photo upload, with its form."""
    photo_pixels: int = 50 * MEGA
    """Most pixels of a photo, by its header, before it is decoded."""
    clip_bytes: int = 1024 * MEGA
    """Largest clip upload, with its form."""
    clip_pixels: int = 9 * MEGA
    """Most pixels of a clip's frame."""
    clip_seconds: float = 900.0
    """Longest clip."""
    faces: int = 20
    """Faces read of each image: the largest so many."""
    prompts: int = 16
    """Phrases in one request."""
    readers: int = max(1, min(8, os.cpu_count() or 1))
    """Photos read at the same time."""
    waiting: int = 64
    """Photos that may be on their way beyond those being read; one more is refused with 503."""
    wait_seconds: float = 2.0
    """A photo that would have to wait longer is refused at once."""
    batch: int = 32
    """Most faces scored in one run of the network."""
    batch_seconds: float = 0.002
    """How long a face waits for others to be scored with it."""
    uploads: int = 2
    """Clips uploaded at the same time; one more is refused with 503."""
    jobs: int = 8
    """Clips waiting or being read; one more is refused with 429."""
    kept: int = 64
    """Finished jobs kept; the oldest goes first."""
    cells: int = 8 * MEGA
    """Most numbers of a clip's readings that are answered as JSON; there are files for more."""
    keep_seconds: float = 3600.0
    """How long a finished job's readings are kept. The clip itself goes as soon as it is read."""
    job_seconds: float = 7200.0
    """Longest a job may run."""
    job_memory: int = 6 << 30
    """Address space of the process that reads a clip, bytes."""
    head_seconds: float = 10.0
    """A request's head must be whole in so long, and each piece of its body come."""
    slowest: float = 16_000.0
    """Bytes a second that an upload must keep up on average, and that an answer must be taken."""
    drop_seconds: float = 30.0
    """What still comes of a request that is answered already, such as the body of a refused one,
    is dropped for so long; then the connection is closed."""
    drop_bytes: int = 64 * MEGA
    """And no more of it than that."""
    connections: int = 256
    """Open connections; one more is refused with 503, and beyond twice as many hung up on."""
