"""The summary of an RDF dataset, kept up from its change log."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from ..graph.gc_control import pause_gc
from ..graph.log_cursor import LogCursor
from ..graph.rdf_dataset import QuadBatch, QuadChange, RdfDataset
from .property_summary import list_counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

    Subject: TypeAlias = NamedNode | BlankNode | Triple
    Term: TypeAlias = Subject | Literal

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True)
class RdfSummary:
    """An RDF dataset in numbers; ``structures`` maps a set of predicates to how many subjects have
    just these.
    """

    quads: int
    predicates: Counter[str]
    classes: tuple[str, ...]
    structures: Counter[frozenset[str]]

    @property
    def subjects(self) -> int:
        """How many different subjects there are."""
        return self.structures.total()

    @property
    def statements(self) -> int:
        """How many quads there are."""
        return self.quads

    def signature_info(self) -> dict[str, int]:
        """``signatureInfo`` of GetSparqlStatistics."""
        return {
            "signatureCount": len(self.structures),
            "instanceCount": self.subjects,
            "predicateCount": len(self.predicates),
        }

    def graph_summary(self, detailed: bool) -> dict[str, object]:
        """``graphSummary`` of GetRDFGraphSummary; the commonest first, then by name."""
        answer: dict[str, object] = {
            "numDistinctSubjects": self.subjects,
            "numDistinctPredicates": len(self.predicates),
            "numQuads": self.quads,
            "numClasses": len(self.classes),
            "classes": list(self.classes),
            "predicates": list_counts(self.predicates),
        }
        if detailed:
            answer["subjectStructures"] = [
                {"count": count, "predicates": predicates}
                for count, predicates in sorted(
                    ((count, sorted(names)) for names, count in self.structures.items()),
                    key=lambda row: (-row[0], row[1]),
                )
            ]
        return answer


class RdfTracker:
    """Follows an RDF dataset; see :class:`PropertyGraphTracker`."""

    def __init__(self, rdf: RdfDataset) -> None:
        self._rdf = rdf
        self._cursor: LogCursor[QuadChange] = LogCursor(rdf.log)
        self._forget()

    def _forget(self) -> None:
        # Terms are pyoxigraph's own, which hash and compare faster than their texts are made.
        self._subjects: dict[Subject, dict[NamedNode, int]] = {}
        self._structures: dict[Subject, frozenset[NamedNode]] = {}
        self._structure_counts: Counter[frozenset[NamedNode]] = Counter()
        self._predicates: Counter[NamedNode] = Counter()
        self._classes: Counter[Term] = Counter()

    def summary(self) -> RdfSummary:
        """The dataset as it is now."""
        with self._rdf.lock:
            self._follow()
            structures: Counter[frozenset[str]] = Counter()
            for terms, count in self._structure_counts.items():
                structures[frozenset(term.value for term in terms)] += count
            predicates = {term.value: count for term, count in self._predicates.items() if count}
            classes = sorted(
                cast("NamedNode", term).value
                for term, count in self._classes.items()
                if count and type(term).__name__ == "NamedNode"
            )
            return RdfSummary(len(self._rdf), Counter(predicates), tuple(classes), structures)

    def _follow(self) -> None:
        commits, void = self._cursor.move()
        if void:
            self._forget()
        if not commits:
            return
        from pyoxigraph import NamedNode  # noqa: PLC0415 - brings pyoxigraph

        touched: set[Subject] = set()
        rdf_type = NamedNode(_RDF_TYPE)
        with pause_gc():
            for commit in commits:
                for part in commit.parts:
                    if isinstance(part, QuadBatch):
                        # Its graphs do not matter here, and making them would take time.
                        self._count(part.quads, 1, rdf_type, touched)
                    else:
                        for change in part:
                            sign = 1 if change.op == "ADD" else -1
                            self._count((change.quad,), sign, rdf_type, touched)
            self._restructure(touched)

    def _count(
        self, quads: Iterable[Quad], sign: int, rdf_type: NamedNode, touched: set[Subject]
    ) -> None:
        subjects, counts = self._subjects, self._predicates
        for quad in quads:
            subject, predicate = quad.subject, quad.predicate
            touched.add(subject)
            own = subjects.get(subject)
            if own is None:
                own = subjects[subject] = {}
            own[predicate] = own.get(predicate, 0) + sign
            counts[predicate] += sign
            if predicate == rdf_type:
                self._classes[quad.object] += sign

    def _restructure(self, subjects: Iterable[Subject]) -> None:
        shared = {structure: structure for structure in self._structure_counts}
        counts = self._structure_counts
        for subject in subjects:
            known = self._structures.pop(subject, None)
            if known is not None:
                counts[known] -= 1
            own = self._subjects[subject]
            for predicate in [predicate for predicate, count in own.items() if not count]:
                del own[predicate]
            if own:
                structure = frozenset(own)
                structure = self._structures[subject] = shared.setdefault(structure, structure)
                counts[structure] += 1
            else:
                del self._subjects[subject]
        for structure in [structure for structure, count in counts.items() if not count]:
            del counts[structure]
