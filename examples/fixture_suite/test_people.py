"""Tests of the application; run them in any order."""

from __future__ import annotations

import boto3
import pytest
from people import People, Person, UnknownPerson

from moto_neptunedata import Neptune


def test_get(people: People) -> None:
    assert people.get("ann") == Person("ann", "Ann", 31)
    with pytest.raises(UnknownPerson):
        people.get("eve")


@pytest.mark.parametrize(
    ("id", "names"), [("ann", ["Cid"]), ("bob", ["Dora"]), ("cid", ["Ann"]), ("eve", [])]
)
def test_friends_of_friends(people: People, id: str, names: list[str]) -> None:
    assert people.friends_of_friends(id) == names


def test_remove(people: People, neptune: Neptune) -> None:
    people.remove("bob")
    assert (neptune.graph.vertex_count, neptune.graph.edge_count) == (3, 1)
    assert people.friends_of_friends("ann") == []


def test_nothing_is_left_of_another_test(people: People, neptune: Neptune) -> None:
    assert (neptune.graph.vertex_count, neptune.graph.edge_count) == (4, 3)


def test_add_and_change(people: People, neptune: Neptune) -> None:
    people.add(Person("eve", 'Eve "E."', 19))
    people.add(Person("ann", "Ann", 32))
    assert people.get("eve").name == 'Eve "E."'
    assert people.get("ann").age == 32
    assert neptune.graph.vertex_count == 5


def test_meet_once(people: People, neptune: Neptune) -> None:
    people.meet("ann", "dora", 2024)
    people.meet("ann", "dora", 2024)
    assert neptune.graph.edge_count == 4
    assert people.friends_of_friends("bob") == ["Dora"]


def test_meet_nobody(people: People, neptune: Neptune) -> None:
    with pytest.raises(UnknownPerson, match="eve"):
        people.meet("ann", "eve", 2024)
    assert neptune.graph.edge_count == 3


def test_ids_with_quotes(people: People) -> None:
    people.add(Person("o'hara", "O'Hara", 50))
    people.meet("o'hara", "ann", 2001)
    assert people.friends_of_friends("o'hara") == ["Bob"]


def test_how_it_asks(people: People, neptune: Neptune) -> None:
    people.get("ann")
    neptune.calls.assert_made("ExecuteOpenCypherQuery", times=1, parameters='{"id": "ann"}')


def test_conflicts_reach_the_caller(people: People, neptune: Neptune) -> None:
    client = boto3.client("neptunedata", region_name="us-east-1")
    neptune.fail_always("ExecuteOpenCypherQuery", "ConcurrentModificationException")
    with pytest.raises(client.exceptions.ConcurrentModificationException):
        People(client).get("ann")


def test_a_reader_answers_but_does_not_write(people: People, neptune: Neptune) -> None:
    neptune.configure(role="reader")
    assert people.get("ann").name == "Ann"
    with pytest.raises(Exception, match="ReadOnlyViolation"):
        people.add(Person("eve", "Eve", 19))


@pytest.mark.neptunedata(load=["~id,~label,name,age:Int\nzoe,person,Zoe,20\n"])
def test_data_of_its_own(neptunedata_client: object) -> None:
    assert People(neptunedata_client).get("zoe").age == 20  # type: ignore[arg-type]
