"""The RDF dataset: the store of record of quads, with transactions and a change log.

Terms and quads are pyoxigraph's own (``NamedNode``, ``BlankNode``, ``Literal``, ``Quad``), but the
module is imported only when a quad has to be made; until then a dataset costs nothing.

Quads come by the million and nearly all of a feed belong to one graph, of which the parser knows
nothing (it leaves ``DefaultGraph`` in them). To make each anew would cost several times what
parsing does, so they are kept as they came, in one bag per such graph, and made when read. All
quads of a graph are in its bag once it has one; those of other graphs share the bag ``None``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .change_log import ChangeLog, Commit, Op
from .gc_control import pause_gc
from .rewind import restore, rewind
from .transaction import StoreTransaction

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, NamedNode, Quad

    GraphName: TypeAlias = NamedNode | BlankNode


class QuadChange(NamedTuple):
    """One quad added to or removed from a dataset; its graph name is always a real one."""

    op: Op
    quad: Quad

    def inverse(self) -> QuadChange:
        """The change that undoes this one."""
        return QuadChange("REMOVE" if self.op == "ADD" else "ADD", self.quad)


class QuadBatch:
    """Added quads, as an entry of the change log that makes its changes when it is read.

    ``graph`` is what stands for ``DefaultGraph`` in ``quads``, or None where that is nowhere.
    """

    __slots__ = ("graph", "quads")

    def __init__(self, graph: GraphName | None, quads: Sequence[Quad]) -> None:
        self.graph = graph
        self.quads = quads

    def __len__(self) -> int:
        return len(self.quads)

    def __contains__(self, change: object) -> bool:
        return any(change == own for own in self)

    def __iter__(self) -> Iterator[QuadChange]:
        return (QuadChange("ADD", quad) for quad in _in_graph(self.quads, self.graph))


class RdfDataset:
    """A set of quads, in each graph oldest first. Every quad is in a named graph.

    What triples without a graph belong to is for the caller to say; Neptune's loader and SPARQL
    put them into ``http://aws.amazon.com/neptune/vocab/v01/DefaultNamedGraph``.

    This is the place for a SPARQL engine to look: :attr:`log` tells all that ever happened, so a
    ``pyoxigraph.Store`` that remembers the number of the last commit it has seen is brought up to
    date with the commits after it, when the next query comes.
    """

    def __init__(self) -> None:
        self.log: ChangeLog[QuadChange] = ChangeLog()
        self.lock = RLock()
        self._bags: dict[GraphName | None, dict[Quad, None]] = {}

    # ------------------------------------------------------------------ reading

    def __len__(self) -> int:
        """How many quads there are."""
        return sum(map(len, self._bags.values()))

    def __bool__(self) -> bool:
        return any(self._bags.values())

    def __contains__(self, quad: object) -> bool:
        bag, stored = self._place(quad)  # type: ignore[arg-type]
        return stored in self._bags.get(bag, ())

    def __iter__(self) -> Iterator[Quad]:
        """All quads, with their graphs; hold :attr:`lock` while it runs."""
        for graph, quads in self._bags.items():
            yield from _in_graph(quads, graph)

    def graph_names(self) -> Collection[GraphName]:
        """The names of all graphs that hold a quad."""
        names: dict[GraphName, None] = {}
        for graph, quads in self._bags.items():
            if graph is None:
                names.update(dict.fromkeys(map(attrgetter("graph_name"), quads)))
            elif quads:
                names[graph] = None
        return names.keys()

    def graph_sizes(self) -> Mapping[GraphName, int]:
        """How many quads each graph holds, of all that hold any."""
        sizes: Counter[GraphName] = Counter()
        for graph, quads in self._bags.items():
            if graph is None:
                sizes.update(map(attrgetter("graph_name"), quads))
            elif quads:
                sizes[graph] = len(quads)
        return sizes

    def __repr__(self) -> str:
        return f"<RdfDataset: {len(self)} quads>"

    # ------------------------------------------------------------------ changing

    def transaction(self) -> RdfTransaction:
        """``with dataset.transaction() as tx:`` commits, or undoes all on an exception."""
        return RdfTransaction(self)

    def add_triples(self, triples: Sequence[Quad], graph: GraphName) -> int:
        """Add many quads that are all in pyoxigraph's ``DefaultGraph`` to ``graph``, in one commit.

        Answers how many of them were not there before; the same one twice counts once. The
        sequence is kept, not copied: leave it alone afterwards.
        """
        return self._add({graph: triples})

    def add_quads(self, quads: Sequence[Quad], default_graph: GraphName) -> int:
        """As :meth:`add_triples`, of any graphs; those in ``DefaultGraph`` to ``default_graph``."""
        from pyoxigraph import DefaultGraph  # noqa: PLC0415 - brings pyoxigraph

        with self.lock:
            names = set(map(attrgetter("graph_name"), quads))
            if names == {DefaultGraph()}:
                return self._add({default_graph: quads})
            if DefaultGraph() in names or not names.isdisjoint(self._bags):
                return self._add(self._sort(quads, default_graph))
            return self._add({None: quads})

    def rewind(self, num: int) -> None:
        """Undo every commit after number ``num``; see :func:`~.rewinding.rewind`."""
        rewind(self, num)

    def capture(self) -> Sequence[Commit[QuadChange]]:
        """What :meth:`restore` takes: the history so far; copies no data."""
        with self.lock:
            return tuple(self.log.commits)

    def restore(self, commits: Sequence[Commit[QuadChange]]) -> bool:
        """Return to what was captured, here or from another store; False when it redid changes.

        Takes time in proportion to what differs.
        """
        return restore(self, commits, self._redo_batch)

    def _redo_batch(self, part: object) -> bool:
        if not isinstance(part, QuadBatch) or part.graph is None:
            return False
        self.add_triples(part.quads, part.graph)
        return True

    # ------------------------------------------------------------------ inside

    def _add(self, parts: Mapping[GraphName | None, Sequence[Quad]]) -> int:
        with self.lock, pause_gc():
            batches = [self._fill(graph, part) for graph, part in parts.items()]
            self.log.append(*batches)
            return sum(map(len, batches))

    def _sort(
        self, quads: Iterable[Quad], default_graph: GraphName
    ) -> dict[GraphName | None, Sequence[Quad]]:
        """Quads of several graphs by their bag, as they are stored there."""
        from pyoxigraph import DefaultGraph  # noqa: PLC0415 - brings pyoxigraph

        parts: dict[GraphName | None, list[Quad]] = {}
        self._bag(default_graph)
        for quad in quads:
            if quad.graph_name == DefaultGraph():
                graph: GraphName | None = default_graph
            else:
                graph, quad = self._place(quad)
            parts.setdefault(graph, []).append(quad)
        return {**parts}

    def _fill(self, graph: GraphName | None, quads: Sequence[Quad]) -> QuadBatch:
        """Add stored forms to a bag; answers those that are new."""
        bag = self._bag(graph)
        size = len(bag)
        bag.update(dict.fromkeys(quads))  # hashes each quad just once
        added = len(bag) - size
        if added == len(quads):
            return QuadBatch(graph, quads)
        # What is new stands at the end, for the old ones keep their places.
        return QuadBatch(graph, list(islice(reversed(bag), added))[::-1])

    def _bag(self, graph: GraphName | None) -> dict[Quad, None]:
        bag = self._bags.get(graph)
        if bag is None:
            bag = self._bags[graph] = {}
            shared = self._bags.get(None)
            if graph is not None and shared:
                moving = [quad for quad in shared if quad.graph_name == graph]
                for quad in moving:
                    del shared[quad]
                    bag[_without_graph(quad)] = None
        return bag

    def _place(self, quad: Quad) -> tuple[GraphName | None, Quad]:
        """The bag that a quad belongs to, and how it is stored there."""
        graph = quad.graph_name
        if graph in self._bags:
            return graph, _without_graph(quad)  # type: ignore[return-value]
        return None, quad


class RdfTransaction(StoreTransaction[QuadChange]):
    """Changes to a dataset that happen together or not at all.

    Use it as a context manager, one at a time: it holds the dataset's lock.
    """

    def __init__(self, dataset: RdfDataset) -> None:
        super().__init__(dataset)
        self.dataset = dataset

    def __enter__(self) -> RdfTransaction:
        self.dataset.lock.acquire()
        return self

    def add(self, quad: Quad) -> bool:
        """Add a quad of a named graph; False when it is there already.

        Raises ``ValueError`` for a quad in ``DefaultGraph``.
        """
        from pyoxigraph import DefaultGraph  # noqa: PLC0415 - brings pyoxigraph

        if quad.graph_name == DefaultGraph():
            raise ValueError("a quad must be in a named graph")
        graph, stored = self.dataset._place(quad)  # noqa: SLF001 - of this module
        bag = self.dataset._bag(graph)  # noqa: SLF001 - of this module
        if stored in bag:
            return False
        bag[stored] = None
        self.changes.append(QuadChange("ADD", quad))
        return True

    def remove(self, quad: Quad) -> bool:
        """Remove a quad; False when it is not there."""
        graph, stored = self.dataset._place(quad)  # noqa: SLF001 - of this module
        bag = self.dataset._bags.get(graph, {})  # noqa: SLF001 - of this module
        if stored not in bag:
            return False
        del bag[stored]
        self.changes.append(QuadChange("REMOVE", quad))
        return True

    def apply(self, change: QuadChange) -> bool:
        """Make one change of a change log happen here."""
        return (self.add if change.op == "ADD" else self.remove)(change.quad)


def _in_graph(quads: Iterable[Quad], graph: GraphName | None) -> Iterator[Quad]:
    """Stored forms of a bag as the quads that they stand for."""
    if graph is None:
        return iter(quads)
    from pyoxigraph import Quad  # noqa: PLC0415 - brings pyoxigraph

    return (Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)


def _without_graph(quad: Quad) -> Quad:
    from pyoxigraph import Quad  # noqa: PLC0415 - brings pyoxigraph

    return Quad(quad.subject, quad.predicate, quad.object)
