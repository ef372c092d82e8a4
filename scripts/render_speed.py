"""How many pictures a second one core renders, everything included.

    OMP_NUM_THREADS=1 python scripts/render_speed.py

Counts processor time, so that other work on the machine hardly matters.
"""

import argparse
import time

import numpy as np

from mien.lab.conditions.world import World
from mien.lab.conditions.worlds import sample_world
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.people.person import Person
from mien.lab.render import render


def rate(pairs: list[tuple[Person, World]], *, count: int, size: int) -> float:
    """Pictures a second of processor time."""
    face = FaceState.of({1: 2, 6: 3, 12: 4, 25: 3})
    start = time.process_time()
    for number in range(count):
        person, world = pairs[number % len(pairs)]
        render(person, face, world, size=size, seed=number)
    return count / (time.process_time() - start)


def main() -> None:
    """Clips (few people, kept by the renderer) and wild pictures (a new person each)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    generator = np.random.default_rng(0)

    def draw(people: int) -> list[tuple[Person, World]]:
        return [
            (sample_person(generator), sample_world(generator, hardness=0.5)) for _ in range(people)
        ]

    size, count = arguments.size, arguments.count
    few = draw(8)
    rate(few, count=8, size=size)
    print(f"few people: {rate(few, count=count, size=size):.0f} pictures/s of processor time")
    many = draw(count)
    print(f"new people: {rate(many, count=count, size=size):.0f} pictures/s of processor time")


if __name__ == "__main__":
    main()
