"""A run's signs of life: logged values that must not fall too low, such as a spread."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mien.engine.log import tell
from mien.errors import MienError
from mien.methods.method import Floor


@dataclass
class Watch:
    """Compares logged values with their floors; says once what is too low, or ends the run.

    Args:
        speaks: False on every rank but the first.
        said: names that were complained about.
    """

    speaks: bool
    said: set[str] = field(default_factory=set)

    def look(self, floors: Mapping[str, Floor], values: Mapping[str, float], *, step: int) -> None:
        """Look at the values of a step, equal on all ranks.

        Raises:
            MienError: one is below a floor that ends the run.
        """
        for name, floor in floors.items():
            if values[name] >= floor.value:
                continue
            fallen = (
                f"{name} is {values[name]:.2g} at step {step}, below {floor.value:g}: "
                "the embedding collapses"
            )
            if floor.stop:
                raise MienError(fallen, remedy=floor.remedy)
            if self.speaks and name not in self.said:
                tell(f"{fallen}; {floor.remedy}")
            self.said.add(name)
