"""A small application: who knows whom, kept in Neptune."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_neptunedata import NeptuneDataClient

#: GraphSON without types: the values as plain JSON.
PLAIN = "application/vnd.gremlin-v3.0+json;types=false"


class Person(NamedTuple):
    """A vertex with the label ``person``."""

    id: str
    name: str
    age: int


class UnknownPerson(LookupError):
    """There is no person with this id."""


class People:
    """The people of a graph; give it ``boto3.client("neptunedata", endpoint_url=…)``."""

    def __init__(self, client: NeptuneDataClient) -> None:
        self._client = client

    def get(self, id: str) -> Person:
        """One person. Raises UnknownPerson."""
        query = "MATCH (p:person) WHERE id(p) = $id RETURN p.name AS name, p.age AS age"
        rows = self._cypher(query, {"id": id})
        if not rows:
            raise UnknownPerson(id)
        return Person(id, **rows[0])

    def add(self, person: Person) -> None:
        """Add or change a person."""
        self._cypher("MERGE (p:person {`~id`: $id}) SET p.name = $name, p.age = $age", person)

    def meet(self, one: str, other: str, since: int) -> None:
        """Let two people know each other. Raises UnknownPerson, and changes nothing."""
        self.get(one), self.get(other)
        query = (
            "MATCH (a:person), (b:person) WHERE id(a) = $one AND id(b) = $other "
            "MERGE (a)-[:knows {since: $since}]->(b)"
        )
        self._cypher(query, {"one": one, "other": other, "since": since})

    def remove(self, id: str) -> None:
        """Remove a person, and whom they knew."""
        self.get(id)
        self._cypher("MATCH (p:person) WHERE id(p) = $id DETACH DELETE p", {"id": id})

    def friends_of_friends(self, id: str) -> list[str]:
        """The names of those whom somebody's friends know, in order."""
        person = json.dumps(id)  # a Gremlin string, quotes and all
        answer = self._client.execute_gremlin_query(
            gremlinQuery=(
                f"g.V({person}).as('me').both('knows').aggregate('friends').both('knows')"
                ".where(neq('me')).where(without('friends'))"
                ".dedup().values('name').order()"
            ),
            serializer=PLAIN,
        )
        names: list[str] = answer["result"]["data"]
        return names

    def _cypher(self, query: str, parameters: Mapping[str, Any] | Person) -> list[dict[str, Any]]:
        given = parameters._asdict() if isinstance(parameters, Person) else parameters
        answer: Any = self._client.execute_open_cypher_query(
            openCypherQuery=query, parameters=json.dumps(given)
        )
        rows: list[dict[str, Any]] = answer["results"]
        return rows
