"""CPU time of the face networks by each runner, one thread, taken in turn: a Markdown table.

python scripts/face_runners.py photo.jpg
"""

import statistics
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from mien.faces.image import read_image
from mien.faces.landmarker import Landmarker
from mien.faces.networks import BLENDSHAPES, DETECTOR, LANDMARKS, RunnerName, load

RUNNERS: tuple[RunnerName, ...] = ("onnxruntime", "litert", "opencv")
SHAPES = {"detector": (1, 128, 128, 3), "landmarks": (1, 256, 256, 3), "blend shapes": (1, 146, 2)}
NETWORKS = {"detector": DETECTOR, "landmarks": LANDMARKS, "blend shapes": BLENDSHAPES}
ROUNDS, TIMES = 11, 20


def main(path: str) -> None:
    """Print the table."""
    cv2.setNumThreads(1)
    photo = read_image(path)
    empty = np.full((720, 1280, 3), 90, np.uint8)
    generator = np.random.default_rng(0)
    work: dict[str, dict[str, Callable[[], object]]] = {}
    names = {}
    for runner in RUNNERS:
        landmarker = Landmarker(runner=runner)
        names[runner] = landmarker.runner
        for name, network in NETWORKS.items():
            run = load(network, runner=runner)
            tensor = generator.uniform(0, 1, SHAPES[name]).astype(np.float32)
            work.setdefault(name, {})[runner] = lambda run=run, tensor=tensor: run(tensor)
        (face,) = landmarker.detect(photo, max_faces=1)
        for name, task in (
            ("a photo, two looks", lambda one=landmarker: one.detect(photo)),
            ("a face that is followed", lambda one=landmarker, face=face: one.follow(photo, face)),
            ("720p without a face, all levels", lambda one=landmarker: one.detect(empty)),
        ):
            work.setdefault(name, {})[runner] = task
    print(f"| | {' | '.join(names.values())} |\n|---|{'---|' * len(names)}")
    for name, tasks in work.items():
        times = 2 if "720p" in name else TIMES
        taken = {runner: [] for runner in tasks}
        for _ in range(ROUNDS):
            for runner, task in tasks.items():
                taken[runner].append(per_call(task, times))
        cells = [f"{statistics.median(each):.2f} ms" for each in taken.values()]
        print(f"| {name} | {' | '.join(cells)} |")


def per_call(task: Callable[[], object], times: int) -> float:
    """Milliseconds of the processor."""
    began = time.process_time()
    for _ in range(times):
        task()
    return 1000 * (time.process_time() - began) / times


if __name__ == "__main__":
    main(sys.argv[1])
