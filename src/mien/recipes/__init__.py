"""What a run is: method, backbone, data, optimiser and seed; named functions return one."""

from mien.recipes.catalogue import every, named
from mien.recipes.run import DataPlan, Optimiser, Run

__all__ = ["DataPlan", "Optimiser", "Run", "every", "named"]
