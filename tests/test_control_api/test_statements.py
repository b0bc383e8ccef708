"""What of an RDF dataset is shown."""

from __future__ import annotations

import pytest

from moto_neptunedata import Neptune
from moto_neptunedata.control_api import statements

QUADS = """
<urn:ann> <urn:knows> <http://x.org/people#bob> <urn:g1> .
<urn:ann> <urn:knows> <http://x.org/people#bob> <urn:g2> .
<urn:ann> <urn:age> "30"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:g2> .
<urn:ann> <urn:says> "hi"@en <urn:g2> .
<urn:ann> <urn:says> "salut"@fr <urn:g2> .
<urn:ann> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:x/Person/> <urn:g2> .
<urn:ann> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:x/Person/> <urn:g3> .
_:b <urn:knows> <urn:ann> <urn:g3> .
"""


def test_nothing(neptune: Neptune) -> None:
    assert statements.draw(neptune.cluster().rdf) == {
        "count": 0,
        "graph_count": 0,
        "graphs": [],
        "statements": [],
        "picture": {"vertices": [], "edges": []},
    }


def test_statements_and_their_picture(neptune: Neptune) -> None:
    neptune.load(QUADS, format="nquads")
    told = statements.draw(neptune.cluster().rdf)
    assert (told["count"], told["graph_count"], len(told["statements"])) == (8, 3, 8)
    assert sorted(told["graphs"]) == [["<urn:g1>", 1], ["<urn:g2>", 5], ["<urn:g3>", 2]]
    assert told["graphs"][0] == ["<urn:g2>", 5], "the largest first"
    bob = "<http://x.org/people#bob>"
    assert ["<urn:ann>", "<urn:knows>", bob, "<urn:g1>"] in told["statements"]

    vertices = {each["id"]: each for each in told["picture"]["vertices"]}
    ann = vertices["<urn:ann>"]
    assert (ann["caption"], ann["labels"]) == ("ann", ["Person"])
    assert dict(ann["properties"]) == {
        "<urn:age>": [["integer", "30"]],
        "<urn:says>": [["@en", "hi"], ["@fr", "salut"]],
    }
    assert vertices[bob]["caption"] == "bob"
    (blank,) = vertices.keys() - {"<urn:ann>", bob}
    assert vertices[blank]["caption"] == blank
    edges = told["picture"]["edges"]
    assert len({each["id"] for each in edges}) == 3, "one for each graph"
    assert {each["label"] for each in edges} == {"knows"}


def test_limit_and_search(neptune: Neptune) -> None:
    neptune.load(QUADS, format="nquads")
    rdf = neptune.cluster().rdf
    told = statements.draw(rdf, 2)
    assert (len(told["statements"]), told["count"]) == (2, 8)
    told = statements.draw(rdf, text="SALUT")
    assert [row[2] for row in told["statements"]] == ['"salut"@fr']
    with pytest.raises(ValueError, match="between 1 and 1,000"):
        statements.draw(rdf, 0)


def test_graph_sizes_are_those_of_what_is_there(neptune: Neptune) -> None:
    neptune.load(QUADS, format="nquads")
    neptune.load("<urn:a> <urn:b> <urn:c> .", format="turtle")
    rdf = neptune.cluster().rdf
    sizes = {str(name): size for name, size in rdf.graph_sizes().items()}
    assert sum(sizes.values()) == len(rdf)
    assert set(sizes) == set(map(str, rdf.graph_names()))
    with rdf.transaction() as tx:
        for quad in list(rdf):
            tx.remove(quad)
    assert not rdf.graph_sizes()
