"""The objects that hold what a cluster knows. A later one can take them over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from weakref import ReferenceType, ref

from ..graph import PropertyGraph
from ..graph.rdf_dataset import RdfDataset
from ..loader import Loader
from ..loader.formats import FormatState
from ..loader.sources import SourceReaders
from ..management.environment import Environment
from ..management.state import Management
from ..settings import ClusterSettings
from ..testing.control_state import ControlState
from ..testing.scope import ClusterKey
from .outcomes import OutcomesOfCluster


@dataclass(kw_only=True, slots=True)
class ClusterEnvironment(Environment):
    """What a cluster takes from where it lives: ids, clocks, S3, and what testers have set up."""

    readers: SourceReaders
    control_state: ControlState = field(default_factory=ControlState)


class Holder(Protocol):
    """A cluster, as far as its data know it."""

    #: Whether the mock that it belonged to has ended or was reset.
    is_retired: bool

    @property
    def data(self) -> ClusterData:
        """What it holds now."""


@dataclass(eq=False)
class ClusterData:
    """The objects that hold what a cluster knows."""

    graph: PropertyGraph
    rdf: RdfDataset
    format_state: FormatState
    loader: Loader
    management: Management
    settings: ClusterSettings
    _holder: ReferenceType[Holder] | None = field(default=None, repr=False)

    @classmethod
    def create(
        cls,
        key: ClusterKey,
        environment: ClusterEnvironment,
        settings: ClusterSettings,
        outcomes: OutcomesOfCluster,
    ) -> ClusterData:
        """Data with nothing in them."""
        graph, rdf, format_state = PropertyGraph(), RdfDataset(), FormatState()
        loader = Loader(graph, rdf, environment.readers, environment.new_id, format_state, outcomes)
        management = Management(graph, rdf, settings, key, environment)
        return cls(graph, rdf, format_state, loader, management, settings)

    @property
    def is_free(self) -> bool:
        """Whether no cluster that is in use holds them."""
        holder = None if self._holder is None else self._holder()
        return holder is None or holder.is_retired or holder.data is not self

    def hold(self, holder: Holder) -> None:
        """Belong to this cluster from now on."""
        self._holder = ref(holder)
