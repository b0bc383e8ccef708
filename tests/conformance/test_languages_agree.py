"""The same question in Gremlin and in openCypher, on generated graphs: the same answer.

Each entry of :data:`QUESTIONS` is a question with places for labels, keys, values and numbers;
every way that hypothesis fills them is a question of its own, asked on a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moto_neptunedata import gremlin, opencypher
from moto_neptunedata.graph import Edge, Float, Int, PropertyGraph, Vertex
from moto_neptunedata.gremlin.values import BulkSet, GMap, GSet

VERTEX_LABELS = ("person", "city", "post")
EDGE_LABELS = ("knows", "likes")
NAMES = ("Ann", "Bob", "Bobby", "ann", "")


class Question(NamedTuple):
    """Two texts; ``ordered`` ones have to agree on the order of their rows too."""

    gremlin: str
    cypher: str
    ordered: bool = False


def ordered(gremlin_text: str, cypher: str) -> Question:
    return Question(gremlin_text, cypher, ordered=True)


# {l} a vertex label, {m} another; {e} an edge label, {f} another; {n} a name; {i} and {j} numbers,
# {k} a small one above zero; {v} and {w} ids of vertices.
QUESTIONS: dict[str, Question] = {
    # filters
    "all ids": Question("g.V().id()", "MATCH (n) RETURN id(n)"),
    "by id": Question("g.V('{v}').id()", "MATCH (n) WHERE id(n) = '{v}' RETURN id(n)"),
    "by two ids": Question(
        "g.V('{v}','{w}').id()", "MATCH (n) WHERE id(n) IN ['{v}', '{w}'] RETURN id(n)"
    ),
    "by label": Question("g.V().hasLabel('{l}').id()", "MATCH (n:{l}) RETURN id(n)"),
    "by either label": Question(
        "g.V().hasLabel('{l}','{m}').id()", "MATCH (n) WHERE n:{l} OR n:{m} RETURN id(n)"
    ),
    "by both labels": Question(
        "g.V().hasLabel('{l}').hasLabel('{m}').id()", "MATCH (n:{l}:{m}) RETURN id(n)"
    ),
    "not by label": Question(
        "g.V().not(hasLabel('{l}')).id()", "MATCH (n) WHERE NOT n:{l} RETURN id(n)"
    ),
    "by name": Question("g.V().has('name','{n}').id()", "MATCH (n {{name: '{n}'}}) RETURN id(n)"),
    "by label and name": Question(
        "g.V().has('{l}','name','{n}').id()", "MATCH (n:{l} {{name: '{n}'}}) RETURN id(n)"
    ),
    "name is there": Question(
        "g.V().has('name').id()", "MATCH (n) WHERE n.name IS NOT NULL RETURN id(n)"
    ),
    "name is not there": Question(
        "g.V().hasNot('name').id()", "MATCH (n) WHERE n.name IS NULL RETURN id(n)"
    ),
    "name is another": Question(
        "g.V().has('name',neq('{n}')).id()", "MATCH (n) WHERE n.name <> '{n}' RETURN id(n)"
    ),
    "age above": Question(
        "g.V().has('age',gt({i})).id()", "MATCH (n) WHERE n.age > {i} RETURN id(n)"
    ),
    "age at least": Question(
        "g.V().has('age',gte({i})).id()", "MATCH (n) WHERE n.age >= {i} RETURN id(n)"
    ),
    "age between": Question(
        "g.V().has('age',between({i},{j})).id()",
        "MATCH (n) WHERE {i} <= n.age AND n.age < {j} RETURN id(n)",
    ),
    "age inside": Question(
        "g.V().has('age',inside({i},{j})).id()", "MATCH (n) WHERE {i} < n.age < {j} RETURN id(n)"
    ),
    "age outside": Question(
        "g.V().has('age',outside({i},{j})).id()",
        "MATCH (n) WHERE n.age < {i} OR n.age > {j} RETURN id(n)",
    ),
    "age is a fraction": Question(
        "g.V().has('age',eq({i}.0d)).id()", "MATCH (n) WHERE n.age = {i}.0 RETURN id(n)"
    ),
    "score below": Question(
        "g.V().has('score',lt({i})).id()", "MATCH (n) WHERE n.score < {i} RETURN id(n)"
    ),
    "either": Question(
        "g.V().or(has('age',{i}),has('name','{n}')).id()",
        "MATCH (n) WHERE n.age = {i} OR n.name = '{n}' RETURN id(n)",
    ),
    "both": Question(
        "g.V().and(has('age',gt({i})),has('score',lt({j}))).id()",
        "MATCH (n) WHERE n.age > {i} AND n.score < {j} RETURN id(n)",
    ),
    "one of the names": Question(
        "g.V().has('name',within('{n}','Bob')).id()",
        "MATCH (n) WHERE n.name IN ['{n}', 'Bob'] RETURN id(n)",
    ),
    "none of the names": Question(
        "g.V().has('name',without('{n}','Bob')).id()",
        "MATCH (n) WHERE NOT n.name IN ['{n}', 'Bob'] RETURN id(n)",
    ),
    "starts with": Question(
        "g.V().has('name',startingWith('{n}')).id()",
        "MATCH (n) WHERE n.name STARTS WITH '{n}' RETURN id(n)",
    ),
    "ends with": Question(
        "g.V().has('name',endingWith('b')).id()",
        "MATCH (n) WHERE n.name ENDS WITH 'b' RETURN id(n)",
    ),
    "contains": Question(
        "g.V().has('name',containing('{n}')).id()",
        "MATCH (n) WHERE n.name CONTAINS '{n}' RETURN id(n)",
    ),
    "does not contain": Question(
        "g.V().has('name',notContaining('n')).id()",
        "MATCH (n) WHERE NOT n.name CONTAINS 'n' RETURN id(n)",
    ),
    "flag": Question("g.V().has('flag',true).id()", "MATCH (n) WHERE n.flag RETURN id(n)"),
    "no flag": Question(
        "g.V().not(has('flag',true)).id()",
        "MATCH (n) WHERE n.flag IS NULL OR NOT n.flag RETURN id(n)",
    ),
    "date": Question(
        "g.V().has('day',gt(datetime('2020-01-0{k}'))).id()",
        "MATCH (n) WHERE n.day > datetime('2020-01-0{k}') RETURN id(n)",
    ),
    # values
    "names": Question(
        "g.V().values('name')", "MATCH (n) WHERE n.name IS NOT NULL RETURN n.name"
    ),
    "names and ages": Question(
        "g.V().has('name').has('age').project('a','b').by('name').by('age')",
        "MATCH (n) WHERE n.name IS NOT NULL AND n.age IS NOT NULL RETURN n.name, n.age",
    ),
    "distinct names": Question(
        "g.V().values('name').dedup()",
        "MATCH (n) WITH n.name AS name WHERE name IS NOT NULL RETURN DISTINCT name",
    ),
    "distinct numbers": Question(
        "g.V().has('age').values('age').dedup().count()",
        "MATCH (n) RETURN count(DISTINCT n.age)",
    ),
    "tags": Question(
        "g.V().as('n').values('tag').project('a','b').by(select('n').id()).by()",
        "MATCH (n) WHERE n.tag IS NOT NULL UNWIND n.tag AS tag RETURN id(n), tag",
    ),
    "distinct tags": Question(
        "g.V().values('tag').dedup()",
        "MATCH (n) WHERE n.tag IS NOT NULL UNWIND n.tag AS tag RETURN DISTINCT tag",
    ),
    "tag counts": Question(
        "g.V().values('tag').groupCount().unfold().project('a','b').by(keys).by(values)",
        "MATCH (n) WHERE n.tag IS NOT NULL UNWIND n.tag AS tag RETURN tag, count(*)",
    ),
    "keys": Question(
        "g.V('{v}').properties().key().dedup()",
        "MATCH (n) WHERE id(n) = '{v}' UNWIND keys(n) AS key RETURN key",
    ),
    "edge properties": Question(
        "g.E().has('weight').project('a','b').by(id).by('weight')",
        "MATCH ()-[r]->() WHERE r.weight IS NOT NULL RETURN id(r), r.weight",
    ),
    "coalesce": Question(
        "g.V().coalesce(values('name'),constant('none'))",
        "MATCH (n) RETURN coalesce(n.name, 'none')",
    ),
    "choose": Question(
        "g.V().has('age').choose(has('age',gt({i})),constant('old'),constant('young'))",
        "MATCH (n) WHERE n.age IS NOT NULL "
        "RETURN CASE WHEN n.age > {i} THEN 'old' ELSE 'young' END",
    ),
    "sums": Question(
        "g.V().has('age').has('score').project('a','s').by('age').by('score').math('a + s * {k}')",
        "MATCH (n) WHERE n.age IS NOT NULL AND n.score IS NOT NULL RETURN n.age + n.score * {k}.0",
    ),
    "upper case": Question(
        "g.V().values('name').toUpper()",
        "MATCH (n) WHERE n.name IS NOT NULL RETURN toUpper(n.name)",
    ),
    "lengths": Question(
        "g.V().values('name').length()", "MATCH (n) WHERE n.name IS NOT NULL RETURN size(n.name)"
    ),
    "substrings": Question(
        "g.V().values('name').substring(0,2)",
        "MATCH (n) WHERE n.name IS NOT NULL RETURN substring(n.name, 0, 2)",
    ),
    "replaced": Question(
        "g.V().values('name').replace('b','xx')",
        "MATCH (n) WHERE n.name IS NOT NULL RETURN replace(n.name, 'b', 'xx')",
    ),
    # edges
    "edges": Question(
        "g.E().project('a','b','c','d').by(id).by(label).by(outV().id()).by(inV().id())",
        "MATCH (a)-[r]->(b) RETURN id(r), type(r), id(a), id(b)",
    ),
    "edges by label": Question("g.E().hasLabel('{e}').id()", "MATCH ()-[r:{e}]->() RETURN id(r)"),
    "edges by weight": Question(
        "g.E().has('weight',gte({i})).id()", "MATCH ()-[r]->() WHERE r.weight >= {i} RETURN id(r)"
    ),
    "self loops": Question(
        "g.E().as('e').outV().as('a').select('e').inV().where(eq('a')).select('e').id()",
        "MATCH (a)-[r]->(a) RETURN id(r)",
    ),
    "parallel edges": Question(
        "g.V().as('a').out().as('b').select('a','b').by(id).groupCount().unfold()"
        ".where(select(values).is(gt(1)))"
        ".project('a','b','c').by(select(keys).select('a')).by(select(keys).select('b'))"
        ".by(select(values))",
        "MATCH (a)-[r]->(b) WITH a, b, count(r) AS c WHERE c > 1 RETURN id(a), id(b), c",
    ),
    # expansions
    "out": Question("g.V('{v}').out().id()", "MATCH (a)-->(b) WHERE id(a) = '{v}' RETURN id(b)"),
    "out by label": Question(
        "g.V().out('{e}').id()", "MATCH (a)-[:{e}]->(b) RETURN id(b)"
    ),
    "out by two labels": Question(
        "g.V('{v}').out('knows','likes').id()",
        "MATCH (a)-[:knows|likes]->(b) WHERE id(a) = '{v}' RETURN id(b)",
    ),
    "in": Question("g.V('{v}').in().id()", "MATCH (a)<--(b) WHERE id(a) = '{v}' RETURN id(b)"),
    "both ways": Question(
        # openCypher sees a self loop once, Gremlin from each of its ends.
        "g.V('{v}').union(bothE().where(otherV().hasId(neq('{v}'))).otherV(),outE().inV()"
        ".hasId('{v}')).id()",
        "MATCH (a)--(b) WHERE id(a) = '{v}' RETURN id(b)",
    ),
    "two hops": Question(
        "g.V('{v}').out().out().id()",
        "MATCH (a)-->(b) WHERE id(a) = '{v}' MATCH (b)-->(c) RETURN id(c)",
    ),
    "two hops, two edges": Question(
        "g.V('{v}').outE().as('e').inV().outE().where(neq('e')).inV().id()",
        "MATCH (a)-->(b)-->(c) WHERE id(a) = '{v}' RETURN id(c)",
    ),
    "there and back": Question(
        "g.V('{v}').outE().as('e').inV().inE().where(neq('e')).outV().id()",
        "MATCH (a)-->(b)<--(c) WHERE id(a) = '{v}' RETURN id(c)",
    ),
    "two hops to a label": Question(
        "g.V().hasLabel('{l}').out('{e}').out('{f}').hasLabel('{m}').id()",
        "MATCH (a:{l})-[:{e}]->(b) MATCH (b)-[:{f}]->(c:{m}) RETURN id(c)",
    ),
    "three hops counted": Question(
        "g.V().out().out().out().count()",
        "MATCH (a)-->(b) MATCH (b)-->(c) MATCH (c)-->(d) RETURN count(*)",
    ),
    "ends with properties": Question(
        "g.V().has('age',gt({i})).as('a').out('{e}').has('name').as('b').select('a','b')"
        ".by(id).by('name')",
        "MATCH (a)-[:{e}]->(b) WHERE a.age > {i} AND b.name IS NOT NULL RETURN id(a), b.name",
    ),
    "edge property on the way": Question(
        "g.V('{v}').outE().has('weight',gt({i})).inV().id()",
        "MATCH (a)-[r]->(b) WHERE id(a) = '{v}' AND r.weight > {i} RETURN id(b)",
    ),
    "neighbours by a filter": Question(
        "g.V().where(out('{e}').hasLabel('{l}')).id()",
        "MATCH (a) WHERE (a)-[:{e}]->(:{l}) RETURN id(a)",
    ),
    "no neighbours": Question(
        "g.V().not(out('{e}')).id()", "MATCH (a) WHERE NOT (a)-[:{e}]->() RETURN id(a)"
    ),
    "distinct neighbours": Question(
        "g.V().hasLabel('{l}').out().dedup().id()", "MATCH (:{l})-->(b) RETURN DISTINCT id(b)"
    ),
    "distinct pairs": Question(
        "g.V().as('a').out().as('b').dedup('a','b').select('a','b').by(id)",
        "MATCH (a)-->(b) WITH DISTINCT a, b RETURN id(a), id(b)",
    ),
    "same name": Question(
        "g.V().has('name').as('a').V().has('name').as('b').where('a',neq('b'))"
        ".where('a',eq('b')).by('name').select('a','b').by(id)",
        "MATCH (a), (b) WHERE a <> b AND a.name = b.name RETURN id(a), id(b)",
    ),
    "triangles": Question(
        "g.V().as('a').outE().as('x').inV().outE().as('y').where(neq('x')).inV().outE().as('z')"
        ".where(neq('x')).where(neq('y')).inV().where(eq('a')).count()",
        "MATCH (a)-->(b)-->(c)-->(a) RETURN count(*)",
    ),
    "match": Question(
        "g.V().match(__.as('a').out('{e}').as('b'),__.as('b').out('{f}').as('c'))"
        ".select('a','b','c').by(id)",
        "MATCH (a)-[:{e}]->(b) MATCH (b)-[:{f}]->(c) RETURN id(a), id(b), id(c)",
    ),
    # lengths of paths
    "one to three hops": Question(
        "g.V('{v}').repeat(outE().as('e').inV()).emit().times(3).project('i','n','m').by(id)"
        ".by(select(all,'e').count(local)).by(select(all,'e').dedup(local).count(local))"
        ".where('n',eq('m')).select('i')",
        "MATCH (a)-[*1..3]->(b) WHERE id(a) = '{v}' RETURN id(b)",
    ),
    "exactly two hops": Question(
        "g.V('{v}').repeat(out('{e}')).times(2).id()",
        "MATCH (a)-[:{e}]->(b) WHERE id(a) = '{v}' MATCH (b)-[:{e}]->(c) RETURN id(c)",
    ),
    "reachable": Question(
        "g.V('{v}').repeat(out().dedup()).emit().dedup().id()",
        "MATCH (a)-[*]->(b) WHERE id(a) = '{v}' RETURN DISTINCT id(b)",
    ),
    "paths": Question(
        "g.V('{v}').outE('{e}').as('x').inV().outE('{e}').where(neq('x')).inV().path().by(id)",
        "MATCH p = (a)-[:{e}*2]->(b) WHERE id(a) = '{v}' "
        "RETURN [id(a), id(relationships(p)[0]), id(nodes(p)[1]), id(relationships(p)[1]), id(b)]",
    ),
    "lengths of paths": Question(
        "g.V('{v}').repeat(out()).emit().times(2).where(simplePath()).path().count(local)"
        ".math('_ - 1')",
        "MATCH p = (a)-[*1..2]->(b) WHERE id(a) = '{v}' AND "
        "ALL(i IN range(0, length(p)) WHERE NONE(j IN range(0, length(p)) "
        "WHERE i <> j AND nodes(p)[i] = nodes(p)[j])) RETURN length(p)",
    ),
    # aggregates
    "count": Question("g.V().count()", "MATCH (n) RETURN count(n)"),
    "count of edges": Question("g.E().count()", "MATCH ()-[r]->() RETURN count(r)"),
    "count of a label": Question(
        "g.V().hasLabel('{l}').count()", "MATCH (n:{l}) RETURN count(*)"
    ),
    "count of values": Question("g.V().values('age').count()", "MATCH (n) RETURN count(n.age)"),
    "sum": Question(
        "g.V().values('age').fold().coalesce(unfold().sum(),constant(0))",
        "MATCH (n) RETURN sum(n.age)",
    ),
    "sum of fractions": Question(
        "g.V().values('score').sum()",
        "MATCH (n) WHERE n.score IS NOT NULL WITH sum(n.score) AS s, count(*) AS c "
        "WHERE c > 0 RETURN s",
    ),
    "least": Question(
        "g.V().values('age').min()", "MATCH (n) WITH min(n.age) AS m WHERE m IS NOT NULL RETURN m"
    ),
    "greatest": Question(
        "g.V().values('score').max()",
        "MATCH (n) WITH max(n.score) AS m WHERE m IS NOT NULL RETURN m",
    ),
    "least text": Question(
        "g.V().values('name').min()",
        "MATCH (n) WITH min(n.name) AS m WHERE m IS NOT NULL RETURN m",
    ),
    "mean": Question(
        "g.V().values('age').mean()",
        "MATCH (n) WITH avg(n.age) AS m WHERE m IS NOT NULL RETURN m",
    ),
    "collected": Question(
        "g.V().values('age').order().fold()",
        "MATCH (n) WITH n.age AS age WHERE age IS NOT NULL WITH age ORDER BY age "
        "RETURN collect(age)",
    ),
    # groups
    "count by name": Question(
        "g.V().has('name').groupCount().by('name').unfold().project('a','b').by(keys).by(values)",
        "MATCH (n) WHERE n.name IS NOT NULL RETURN n.name, count(*)",
    ),
    "count by edge label": Question(
        "g.E().groupCount().by(label).unfold().project('a','b').by(keys).by(values)",
        "MATCH ()-[r]->() RETURN type(r), count(*)",
    ),
    "degrees": Question(
        "g.V().project('a','b').by(id).by(out().count())",
        "MATCH (a) OPTIONAL MATCH (a)-[r]->() RETURN id(a), count(r)",
    ),
    "degrees of both ways": Question(
        "g.V().project('a','b').by(id).by(bothE().count())",
        "MATCH (a) OPTIONAL MATCH (a)-[r]->() WITH a, count(r) AS o "
        "OPTIONAL MATCH (a)<-[s]-() WITH a, o, count(s) AS i RETURN id(a), o + i",
    ),
    "sum by name": Question(
        "g.V().has('name').has('age').group().by('name').by(values('age').sum()).unfold()"
        ".project('a','b').by(keys).by(values)",
        "MATCH (n) WHERE n.name IS NOT NULL AND n.age IS NOT NULL RETURN n.name, sum(n.age)",
    ),
    "means by name": Question(
        "g.V().has('name').has('age').group().by('name').by(values('age').mean()).unfold()"
        ".project('a','b').by(keys).by(values)",
        "MATCH (n) WHERE n.name IS NOT NULL AND n.age IS NOT NULL RETURN n.name, avg(n.age)",
    ),
    "groups above": Question(
        "g.V().has('name').groupCount().by('name').unfold().where(select(values).is(gt({k})))"
        ".select(keys)",
        "MATCH (n) WHERE n.name IS NOT NULL WITH n.name AS name, count(*) AS c WHERE c > {k} "
        "RETURN name",
    ),
    "most popular": Question(
        "g.V().where(__.in()).project('a','b').by(id).by(__.in().count())"
        ".order().by('b',desc).by('a').limit({k})",
        "MATCH (a)<--(b) WITH id(a) AS a, count(b) AS c ORDER BY c DESC, a LIMIT {k} RETURN a, c",
        ordered=True,
    ),
    "out of each": Question(
        "g.V().as('a').out().group().by(select('a').id()).by(id().order().fold()).unfold()"
        ".project('a','b').by(keys).by(values)",
        "MATCH (a)-->(b) WITH a, id(b) AS b ORDER BY b RETURN id(a), collect(b)",
    ),
    "distinct out of each": Question(
        "g.V().where(out()).project('a','b').by(id).by(out().dedup().count())",
        "MATCH (a)-->(b) RETURN id(a), count(DISTINCT b)",
    ),
    # order and limit
    "ordered by name": ordered(
        "g.V().has('name').order().by('name').by(id).id()",
        "MATCH (n) WHERE n.name IS NOT NULL RETURN id(n) AS i ORDER BY n.name, i",
    ),
    "ordered by age, downwards": ordered(
        "g.V().has('age').order().by('age',desc).by(id,desc).id()",
        "MATCH (n) WHERE n.age IS NOT NULL RETURN id(n) AS i ORDER BY n.age DESC, i DESC",
    ),
    "ordered by score": ordered(
        "g.V().has('score').order().by('score').by(id).values('score')",
        "MATCH (n) WHERE n.score IS NOT NULL RETURN n.score ORDER BY n.score, id(n)",
    ),
    "ordered, limited": ordered(
        "g.V().order().by(id).limit({k}).id()", "MATCH (n) RETURN id(n) AS i ORDER BY i LIMIT {k}"
    ),
    "a page": ordered(
        "g.V().order().by(id).skip(1).limit({k}).id()",
        "MATCH (n) RETURN id(n) AS i ORDER BY i SKIP 1 LIMIT {k}",
    ),
    "the last": ordered(
        "g.V().order().by(id).tail(1).id()", "MATCH (n) RETURN id(n) AS i ORDER BY i DESC LIMIT 1"
    ),
    "limited": Question("g.V().limit({k}).count()", "MATCH (n) WITH n LIMIT {k} RETURN count(*)"),
    # optional
    "optional": Question(
        "g.V().project('a','b').by(id).by(coalesce(out('{e}').id().order().fold(),"
        "constant('none')))",
        "MATCH (a) OPTIONAL MATCH (a)-[:{e}]->(b) WITH a, id(b) AS b ORDER BY b "
        "RETURN id(a), collect(b)",
    ),
    "optional by optional()": Question(
        "g.V('{v}').optional(out('{e}')).id()",
        "MATCH (a) WHERE id(a) = '{v}' OPTIONAL MATCH (a)-[:{e}]->(b) "
        "RETURN id(coalesce(b, a))",
    ),
    "union": Question(
        "g.V().union(hasLabel('{l}'),has('age',gt({i}))).id()",
        "MATCH (n:{l}) RETURN id(n) AS i UNION ALL MATCH (n) WHERE n.age > {i} RETURN id(n) AS i",
    ),
    "distinct union": Question(
        "g.V().union(hasLabel('{l}'),has('age',gt({i}))).dedup().id()",
        "MATCH (n:{l}) RETURN id(n) AS i UNION MATCH (n) WHERE n.age > {i} RETURN id(n) AS i",
    ),
    "local limit": Question(
        "g.V().project('a','b').by(id).by(out().id().order().limit(1).fold())",
        "MATCH (a) OPTIONAL MATCH (a)-->(b) WITH a, id(b) AS b ORDER BY b "
        "RETURN id(a), collect(b)[0..1]",
    ),
}  # fmt: skip


# ---------------------------------------------------------------------------- graphs

ids = st.sampled_from(["a", "b", "c", "d", "e"])
properties = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(NAMES),
        "age": st.integers(-1, 5).map(Int),
        "score": st.sampled_from([-0.5, 0.0, 1.0, 2.25, 3.5]),
        "flag": st.booleans(),
        "day": st.integers(1, 9).map(
            lambda day: datetime.fromisoformat(f"2020-01-0{day}T00:00:00+00:00")
        ),
        "tag": st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=3, unique=True),
    },
)
vertices = st.dictionaries(
    ids,
    st.tuples(
        st.lists(st.sampled_from(VERTEX_LABELS), min_size=1, max_size=2, unique=True), properties
    ),
    min_size=1,
)


@st.composite
def graphs(draw: Any) -> PropertyGraph:
    """Up to five vertices and eight edges, self loops and parallel edges among them."""
    graph = PropertyGraph()
    found = draw(vertices)
    ends = st.sampled_from(sorted(found))
    edges = draw(
        st.lists(
            st.tuples(ends, st.sampled_from(EDGE_LABELS), ends, st.none() | st.integers(0, 4)),
            max_size=8,
        )
    )
    with graph.transaction() as change:
        made: dict[str, Vertex] = {}
        for id, (labels, held) in found.items():
            made[id] = change.add_vertex(id, labels)
            for key, value in held.items():
                for each in value if isinstance(value, list) else [value]:
                    change.add_value(made[id], key, each)
        for number, (start, label, end, weight) in enumerate(edges):
            edge = change.add_edge(f"e{number}", label, made[start], made[end])
            if weight is not None:
                change.set_property(edge, "weight", float(weight))
    return graph


filled = st.fixed_dictionaries(
    {
        "l": st.sampled_from(VERTEX_LABELS),
        "m": st.sampled_from(VERTEX_LABELS),
        "e": st.sampled_from(EDGE_LABELS),
        "f": st.sampled_from(EDGE_LABELS),
        "n": st.sampled_from(NAMES),
        "i": st.integers(-1, 4),
        "j": st.integers(0, 5),
        "k": st.integers(1, 3),
        "v": ids,
        "w": ids,
    }
)


# ---------------------------------------------------------------------------- answers


def plain(value: Any) -> Any:
    """A value that compares by what it says: elements are their ids, numbers have no type."""
    if isinstance(value, (Vertex, Edge)):
        return value.id
    if isinstance(value, GMap):
        return tuple(plain(each) for _, each in value.items())
    if isinstance(value, (list, tuple, GSet, BulkSet)) or type(value).__name__ == "Path":
        return tuple(map(plain, value))
    if isinstance(value, (Int, Float)) or type(value) in (int, float):
        return round(float(value), 9)
    return value


def rows(found: Iterable[Any], is_ordered: bool) -> list[Any]:
    told = [plain(each) for each in found]
    return told if is_ordered else sorted(told, key=repr)


def in_gremlin(graph: PropertyGraph, text: str, is_ordered: bool) -> list[Any]:
    """The results; what ``project`` and ``select`` gives is a row."""
    return rows(gremlin.execute(graph, text), is_ordered)


def in_cypher(graph: PropertyGraph, text: str, is_ordered: bool) -> list[Any]:
    """The rows; a row of one column is its value."""
    found = opencypher.execute(graph, text, {}).rows
    return rows((row[0] if len(row) == 1 else row for row in found), is_ordered)


def test_how_many_questions_there_are() -> None:
    assert len(QUESTIONS) >= 100


@pytest.mark.parametrize("name", QUESTIONS)
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(graphs(), st.lists(filled, min_size=1, max_size=2))
def test_the_languages_agree(name: str, graph: PropertyGraph, fillings: list[Any]) -> None:
    asked = QUESTIONS[name]
    for filling in fillings:
        texts = asked.gremlin.format(**filling), asked.cypher.format(**filling)
        first = in_gremlin(graph, texts[0], asked.ordered)
        second = in_cypher(graph, texts[1], asked.ordered)
        assert first == second, f"\n{texts[0]}\n{texts[1]}"
