"""Format ``opencypher``: every rule of the user guide's "Load format for openCypher data"."""

from __future__ import annotations

import io
from typing import Any

import pytest

from moto_neptunedata.graph import Int
from moto_neptunedata.loader.formats import FormatState, IdSpaces, is_edge_file
from tests.support.feeding import Loaded, content, load, typed

NODES = ":ID,name,:LABEL\na,Ann,P\nb,Bob,P\n"
REL = ":ID,:START_ID,:END_ID,:TYPE"


def node(text: str, id: str = "1") -> Any:
    return load("opencypher", text).graph.vertex(id)


@pytest.mark.parametrize(
    ("header", "good"),
    [
        (":ID", True),
        (":LABEL,:ID(space)", True),
        ("key:ID", True),
        ("key:ID(space)", True),
        (r"a\:b:ID", True),
        (":ID,name:String,age:INT", True),
        (":ID,a b", True),
        (":ID,a:Char,b:Date,c:LocalDate,d:LocalDateTime,e:Duration,f:Point", True),
        (":ID,name:String[]", False),
        (":ID,name:String(single)", False),
        (":ID,name:Text", False),
        (":ID,name,name", False),
        ("name:ID,name", False),
        (":ID,:ID", False),
        (":ID,:ID(x)", False),
        (":ID,:LABEL,:LABEL", False),
        (":ID,:LABEL(x)", False),
        (":ID,x:LABEL", False),
        (":ID,:FOO", False),
        (":id", False),
        ("name", False),
        (":ID,", False),
        (REL, True),
        (":ID,:START_ID(a),:END_ID(b)", True),
        (f"{REL},:LABEL", False),
        (":ID,:START_ID", False),
        (":ID,:TYPE", False),
        (":START_ID,:END_ID", False),
        (f"{REL},:TYPE", False),
        ("x:ID,:START_ID,:END_ID", False),
        (":ID(x),:START_ID,:END_ID", False),
        (":ID,x:START_ID,:END_ID", False),
        (":ID,:START_ID,:END_ID,:TYPE(x)", False),
    ],
)
def test_header(header: str, good: bool) -> None:
    loaded = load("opencypher", header + "\n")
    assert loaded.counters == ((0, 0, 0, 0, 0) if good else (1, 0, 1, 0, 0))


@pytest.mark.parametrize(
    ("header", "is_edge"),
    [
        (":ID,:LABEL", False),
        (":ID,:START_ID,:END_ID", True),
        (":START_ID(a)", True),
        (":TYPE", True),
        ("~from,~to", False),
        ("START_ID", False),
    ],
)
def test_relationship_files_are_known_by_their_header(header: str, is_edge: bool) -> None:
    assert is_edge_file("opencypher", io.BytesIO(header.encode())) is is_edge


@pytest.mark.parametrize(
    ("text", "counters"),
    [
        (":ID\n1\n", (1, 0, 0, 0, 0)),
        (":ID,:LABEL,p,q\n1,A;B,x,\n", (3, 0, 0, 0, 0)),
        (":ID,:LABEL,p\n1,A,x\n1,A,x\n", (4, 1, 0, 0, 0)),
        (":ID,:LABEL,p\n1,A,x\n1,B,y\n1,C,\n", (5, 2, 0, 0, 0)),
        ("key:ID\n1\n", (2, 0, 0, 0, 0)),
        (":ID,p:Int\n1,x\n", (2, 0, 0, 1, 0)),
        (":ID,p\n1\n1,2,3\n,x\n", (3, 0, 3, 0, 0)),
        (':ID,:LABEL\n1,""\n', (1, 0, 1, 0, 0)),
    ],
)
def test_counters(text: str, counters: tuple[int, ...]) -> None:
    assert load("opencypher", text).counters == counters


@pytest.mark.parametrize(
    ("type", "cell", "expected"),
    [
        ("Int", "7", Int(7)),
        ("Date", "anything", "anything"),
        ("localdatetime", "x", "x"),
        ("Point", "1 2", "1 2"),
        ("String", "a;b", "a;b"),
    ],
)
def test_types(type: str, cell: str, expected: Any) -> None:
    found = node(f":ID,p:{type}\n1,{cell}\n").properties["p"]
    assert typed(found) == typed(expected)


def test_datetime_is_one() -> None:
    found = node(":ID,p:DateTime\n1,2020-01-02\n").properties["p"]
    assert found.isoformat() == "2020-01-02T00:00:00+00:00"


def test_nodes_merge_and_keep_their_first_values() -> None:
    loaded = load("opencypher", ":ID,:LABEL,p,q\n1,A,x,\n1,B;A,y,z\n1,,,w\n")
    found = loaded.graph.vertex("1")
    assert found is not None
    assert list(found.labels) == ["A", "B"]
    assert found.properties == {"p": "x", "q": "z"}
    loaded.load(
        "opencypher", ":ID,:LABEL,p,r\n1,C,n,r\n", update_single_cardinality_properties=True
    )
    assert list(found.labels) == ["A", "B", "C"]
    assert found.properties == {"p": "x", "q": "z", "r": "r"}
    assert loaded.counters == (3, 1, 0, 0, 0)


def test_default_labels() -> None:
    assert node(":ID\n1\n").labels == ("vertex",)
    loaded = load("opencypher", NODES, ":ID,:START_ID,:END_ID\nr,a,b\n", f"{REL}\ns,a,b,\n")
    assert [edge.label for edge in loaded.graph.edges()] == ["edge", "edge"]


def test_relationships() -> None:
    loaded = load("opencypher", NODES, f"{REL},w:Int\nr,a,b,KNOWS,7\ns,b,a,KNOWS,\n")
    assert loaded.counters == (3, 0, 0, 0, 0)
    edge = loaded.graph.edge("r")
    assert edge is not None
    assert edge.label == "KNOWS"
    assert (edge.out_v.id, edge.in_v.id) == ("a", "b")
    assert edge.properties == {"w": 7}


def test_first_relationship_of_an_id_is_kept() -> None:
    loaded = load("opencypher", NODES, f"{REL},w:Int\nr,a,b,KNOWS,7\nr,b,a,LIKES,8\n")
    assert loaded.counters == (4, 1, 0, 0, 0)
    assert loaded.graph.edge("r").properties == {"w": 7}  # type: ignore[union-attr]


def test_relationship_without_its_nodes() -> None:
    loaded = load("opencypher", NODES, f"{REL},w:Int\nr,a,z,KNOWS,7\n,a,b,x,\ns,,b,x,\n")
    assert loaded.counters == (4, 0, 2, 0, 1)
    assert loaded.codes == ["FROM_OR_TO_VERTEX_ARE_MISSING", "PARSING_ERROR", "PARSING_ERROR"]
    assert loaded.lines == [0, 2, 3]


def test_relationships_without_ids() -> None:
    head = ":START_ID,:END_ID,:TYPE"
    options: dict[str, Any] = {"user_provided_edge_ids": False}
    ids = iter(["one", "two", "two", "three", "four"])
    loaded = load("opencypher", NODES, f"{head}\na,b,X\na,b,X\n", new_id=ids.__next__, **options)
    assert loaded.counters == (2, 0, 0, 0, 0)
    again = loaded.load("opencypher", f"{head}\na,b,X\na,z,X\n", new_id=ids.__next__, **options)
    assert again.counters == (2, 0, 0, 0, 1)
    assert [edge.id for edge in loaded.graph.edges()] == ["one", "two", "three"]
    assert loaded.load("opencypher", f"{REL}\nr,a,b,X\n", **options).counters == (1, 0, 1, 0, 0)
    # Ids made for a block that did not go in at once are used for its rows.
    mixed = iter("abcdefgh")
    loaded.load("opencypher", f"{head}\na,b,X\na,b,X\n", new_id=mixed.__next__, **options)
    loaded.load("opencypher", f"{head}\na,z,X\na,b,X\n", new_id=mixed.__next__, **options)
    assert [edge.id for edge in loaded.graph.edges()][3:] == ["a", "b", "c"]


# ---------------------------------------------------------------------- id spaces


def test_id_as_a_property() -> None:
    assert node("key:ID\n1\n").properties == {"key": "1"}
    assert node("key:ID(space)\n1\n").properties == {"key": "1"}


PEOPLE = "key:ID(person),:LABEL\n1,P\n2,P\n"
FILMS = "key:ID(film),:LABEL\n1,F\n3,F\n"
SAW = ":ID,:START_ID(person),:END_ID(film),:TYPE\n"


def test_two_spaces_may_share_ids() -> None:
    loaded = load("opencypher", PEOPLE, FILMS, SAW + "r,1,1,SAW\ns,2,3,SAW\nt,3,1,SAW\n")
    assert [v.id for v in loaded.graph.vertices()] == ["1", "2", "film-1", "3"]
    assert loaded.counters == (3, 0, 0, 0, 1)
    ends = [(edge.out_v.id, edge.in_v.id) for edge in loaded.graph.edges()]
    assert ends == [("1", "film-1"), ("2", "3")]
    again = loaded.load("opencypher", FILMS)
    assert again.counters == (4, 2, 0, 0, 0)
    assert loaded.graph.vertex_count == 4


def test_the_space_without_a_name_is_one_of_its_own() -> None:
    loaded = load("opencypher", PEOPLE, ":ID,p\n1,x\n5,y\n")
    assert [v.id for v in loaded.graph.vertices()] == ["1", "2", "-1", "5"]
    loaded.load("opencypher", f"{REL}\nr,1,5,T\ns,2,5,T\n")
    assert loaded.counters == (2, 0, 0, 0, 1)
    assert [(edge.out_v.id, edge.in_v.id) for edge in loaded.graph.edges()] == [("-1", "5")]
    assert loaded.load("opencypher", ":ID,p\n1,x\n").counters == (2, 1, 0, 0, 0)


def test_ids_of_no_space_are_in_every_space() -> None:
    loaded = Loaded().load("csv", "~id\n1\n2\n")
    loaded.load("opencypher", ":ID,:START_ID(a),:END_ID(b)\nr,1,2\n")
    assert loaded.counters == (1, 0, 0, 0, 0)
    loaded.load("opencypher", ":ID(a)\n1\n")
    assert loaded.load("opencypher", ":ID(a)\n1\n").counters == (1, 1, 0, 0, 0)
    assert [v.id for v in loaded.graph.vertices()] == ["1", "2", "a-1"]
    # Another a-1 has to step back once more.
    loaded.load("csv", "~id\na-9\n9\n").load("opencypher", ":ID(a)\n9\n")
    assert loaded.graph.vertex("a-a-9") is not None


def test_a_later_load_without_the_table_finds_bare_ids() -> None:
    loaded = load("opencypher", PEOPLE)
    loaded.state = FormatState()
    loaded.load("opencypher", ":ID,:START_ID(person),:END_ID(person)\nr,1,2\n")
    assert loaded.counters == (1, 0, 0, 0, 0)


def test_clearing() -> None:
    loaded = load("opencypher", PEOPLE)
    loaded.state.clear()
    assert loaded.state.id_spaces.find("film", "1") == "1"
    spaces = IdSpaces()
    spaces.enter_new("person", ["1"])
    assert spaces.find("film", "1") is None
    assert spaces.enter("person", "1", ()) == "1"
    for space in ("person", "film"):
        with pytest.raises(ValueError):  # noqa: PT011
            spaces.check_new(space, ["1"])


def test_a_name_taken_by_a_space_is_not_given_twice() -> None:
    # The node 'film-1' of the film 1 stands in the way of one whose own id is that.
    loaded = load("opencypher", PEOPLE, FILMS, ":ID(x),p\nfilm-1,a\n", ":ID,p\nfilm-1,b\n")
    loaded.load("opencypher", ":ID()\n-film-1\n1\n", ":ID(y)\n7\n")
    found = [v.id for v in loaded.graph.vertices()]
    assert found == ["1", "2", "film-1", "3", "x-film-1", "-film-1", "--film-1", "-1", "7"]
    content(loaded.graph)
