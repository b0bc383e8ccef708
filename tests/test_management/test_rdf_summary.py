"""The summary of an RDF dataset."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from moto_neptunedata.graph.rdf_dataset import RdfDataset
from moto_neptunedata.management.rdf_summary import RdfTracker

TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
G, H = NamedNode("urn:g"), NamedNode("urn:h")
subjects = st.sampled_from([NamedNode("urn:a"), NamedNode("urn:b"), BlankNode("c")])
predicates = st.sampled_from([TYPE, NamedNode("urn:p"), NamedNode("urn:q")])
objects = st.sampled_from([NamedNode("urn:T"), NamedNode("urn:U"), BlankNode("V"), Literal("x")])
quads = st.builds(Quad, subjects, predicates, objects, st.sampled_from([G, H]))


def counted(rdf: RdfDataset) -> dict[str, Any]:
    all_quads = list(rdf)
    of_subject: dict[Any, set[str]] = {}
    predicate_counts: dict[str, int] = {}
    for quad in all_quads:
        name = quad.predicate.value
        of_subject.setdefault(quad.subject, set()).add(name)
        predicate_counts[name] = predicate_counts.get(name, 0) + 1
    structures: dict[tuple[str, ...], int] = {}
    for names in of_subject.values():
        structure = tuple(sorted(names))
        structures[structure] = structures.get(structure, 0) + 1
    classes = sorted(
        {
            q.object.value
            for q in all_quads
            if q.predicate == TYPE and isinstance(q.object, NamedNode)
        }
    )
    return {
        "numDistinctSubjects": len(of_subject),
        "numDistinctPredicates": len(predicate_counts),
        "numQuads": len(all_quads),
        "numClasses": len(classes),
        "classes": classes,
        "predicates": [
            {name: n} for name, n in sorted(predicate_counts.items(), key=lambda i: (-i[1], i[0]))
        ],
        "subjectStructures": [
            {"count": n, "predicates": list(names)}
            for names, n in sorted(structures.items(), key=lambda i: (-i[1], i[0]))
        ],
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "bulk"]), st.lists(quads, max_size=5))))
def test_keeps_up_with_any_history(history: list[tuple[str, list[Quad]]]) -> None:
    rdf = RdfDataset()
    tracker = RdfTracker(rdf)
    for kind, some in history:
        if kind == "bulk":
            rdf.add_quads(some, G)
        else:
            with rdf.transaction() as tx:
                for quad in some:
                    (tx.add if kind == "add" else tx.remove)(quad)
        summary = tracker.summary()
        assert summary.graph_summary(detailed=True) == counted(rdf)
        assert summary.statements == len(rdf)


def test_starts_again_when_commits_are_taken_back() -> None:
    rdf = RdfDataset()
    tracker = RdfTracker(rdf)
    quad = Quad(NamedNode("urn:a"), TYPE, NamedNode("urn:T"), G)
    rdf.add_quads([quad], G)
    assert tracker.summary().quads == 1
    with rdf.transaction() as tx:
        tx.remove(quad)
        tx.changes.clear()
    del rdf.log.commits[:]
    summary = tracker.summary()
    assert (summary.quads, summary.subjects, summary.classes) == (0, 0, ())
    assert "subjectStructures" not in summary.graph_summary(detailed=False)
