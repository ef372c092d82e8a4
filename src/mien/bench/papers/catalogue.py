"""Every table by its name: the three papers, ours, and the studies beside them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mien.bench.papers.clef import CLEF
from mien.bench.papers.clef_studies import CLEF_STUDIES, ZERO_SHOT
from mien.bench.papers.clp import CLP
from mien.bench.papers.clp_studies import CLP_STUDIES
from mien.bench.papers.ours import OURS
from mien.bench.papers.paper import Paper
from mien.bench.papers.sslfer import SSLFER
from mien.bench.papers.sslfer_studies import SSLFER_STUDIES

PAPERS: Final[Mapping[str, Paper]] = MappingProxyType(
    {paper.name: paper for paper in (CLEF, CLP, SSLFER, OURS)}
)
"""What `mien bench all` runs."""

STUDIES: Final[Mapping[str, Paper]] = MappingProxyType(
    {each.name: each for each in (ZERO_SHOT, CLEF_STUDIES, CLP_STUDIES, SSLFER_STUDIES)}
)
"""Tables beside the papers', each asked for by its own name: `all` leaves them out."""


def table_named(name: str) -> Paper:
    """A paper or a study by its name.

    Raises:
        KeyError: there is none.
    """
    return PAPERS[name] if name in PAPERS else STUDIES[name]
