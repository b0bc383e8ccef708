# ruff: noqa: E501  # tables of queries, one a line
"""The language, clause by clause and function by function: (query, parameters, rows)."""

from __future__ import annotations

import math
from typing import Any

import pytest

from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.opencypher import NEPTUNE, STANDARD, Dialect
from tests.test_opencypher.support import people, rows

EXPRESSIONS: list[tuple[str, Any]] = [
    # arithmetic
    ("1 + 2 * 3 - 4", 3),
    ("7 / 2", 3),
    ("-7 / 2", -3),
    ("-7 % 3", -1),
    ("7.0 / 2", 3.5),
    ("1.0 / 0", math.inf),
    ("-1 / 0.0", -math.inf),
    ("0.0 / 0 = 0.0 / 0", False),
    ("7.5 % 2", 1.5),
    ("2 ^ 3 ^ 2", 64.0),
    ("(-8.0) ^ 0.5 = 1", False),
    ("0.0 ^ -1", math.inf),
    ("10.0 ^ 400", math.inf),
    ("(-10.0) ^ 401", -math.inf),
    ("-(3)", -3),
    ("-(2.5)", -2.5),
    ("+(2)", 2),
    ("-null", None),
    ("1 + null", None),
    ("1 * null", None),
    ("0x1F + 0o17", 46),
    (".5e1", 5.0),
    ("-9223372036854775808", -(2**63)),
    ("'a' + 1", "a1"),
    ("1.5 + 'a'", "1.5a"),
    ("[1] + 2", [1, 2]),
    ("0 + [1]", [0, 1]),
    ("[1] + [2]", [1, 2]),
    # comparison
    ("1 < 2 <= 2", True),
    ("1 < 2 < null", None),
    ("1 < 2 > 5", False),
    ("3 >= 2 <> 4", True),
    ("null <> 1", None),
    ("1 = 1.0", True),
    ("1 = true", False),
    ("'a' < 'b'", True),
    ("'a' <= 1", None),
    ("1 <= 'a'", None),
    ("1 < 'a'", None),
    ("false < true", True),
    ("{a: 1} < {a: 2}", None),
    ("{a: 1} <= {a: 1}", None),
    ("[1, 2] < [1, 3]", True),
    ("[1] <= [1]", True),
    ("[1] < [1]", False),
    ("[null] < [1]", None),
    ("[1, null] = [1, 2]", None),
    ("[1] = [1, 2]", False),
    ("[1] = 1", False),
    ("[2] = [1]", False),
    ("{a: 1} = {a: 1.0}", True),
    ("{a: 1} = {b: 1}", False),
    ("{a: null} = {a: 1}", None),
    ("{a: 1} = 1", False),
    # logic
    ("true AND null", None),
    ("false AND null", False),
    ("true AND true", True),
    ("null OR true", True),
    ("null OR false", None),
    ("false OR false", False),
    ("true XOR false XOR true", False),
    ("true XOR null", None),
    ("NOT null", None),
    ("NOT true", False),
    ("NOT NOT true", True),
    ("NOT 1 = 2", True),
    # strings and membership
    ("'abc' STARTS WITH 'a' AND 'abc' ENDS WITH 'c'", True),
    ("'abc' CONTAINS 'x'", False),
    ("null CONTAINS 'x'", None),
    ("1 IN [1, null]", True),
    ("2 IN [1, null]", None),
    ("2 IN []", False),
    ("2 IN null", None),
    ("null IS NULL", True),
    ("1 IS NOT NULL", True),
    ("'\\u0041\\n\\'' + \"b\\\\\"", "A\n'b\\"),
    ("'\\uD83D\\uDE00'", "😀"),
    # lists and maps
    ("[1, 2, 3][1]", 2),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][5]", None),
    ("[1, 2, 3][null]", None),
    ("[1, 2, 3][1..]", [2, 3]),
    ("[1, 2, 3][..-1]", [1, 2]),
    ("[1, 2, 3][null..2]", None),
    ("null[1..2]", None),
    ("null[0]", None),
    ("{a: {b: 1}}.a.b", 1),
    ("{a: 1}['a']", 1),
    ("{a: 1}.x", None),
    ("[x IN [1, 2, 3] WHERE x > 1 | x * 2]", [4, 6]),
    ("[x IN [1, 2, 3] WHERE x > 1]", [2, 3]),
    ("[x IN [1, 2]]", [1, 2]),
    ("[x IN null | x]", None),
    ("[1 IN [1], 2]", [True, 2]),
    ("[[1, 2], 3]", [[1, 2], 3]),
    ("reduce(s = 0, x IN [1, 2, 3] | s + x)", 6),
    ("reduce(s = 0, x IN null | s + x)", None),
    ("all(x IN [1, 2] WHERE x > 0)", True),
    ("all(x IN [1, null] WHERE x > 0)", None),
    ("all(x IN [0, null] WHERE x > 0)", False),
    ("any(x IN [1, null] WHERE x > 5)", None),
    ("any(x IN [1, 9] WHERE x > 5)", True),
    ("any(x IN null WHERE x > 5)", None),
    ("none(x IN [1, 2] WHERE x > 5)", True),
    ("none(x IN [1, null] WHERE x > 5)", None),
    ("single(x IN [1, 2] WHERE x > 1)", True),
    ("single(x IN [2, 2] WHERE x > 1)", False),
    ("single(x IN [2, null] WHERE x > 1)", None),
    # case
    ("CASE WHEN false THEN 1 WHEN true THEN 2 END", 2),
    ("CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'c' ELSE 'd' END", "c"),
    ("CASE 9 WHEN 1 THEN 'a' ELSE 'd' END", "d"),
    ("CASE WHEN null THEN 1 END", None),
    # functions
    ("coalesce(null, 2, 3)", 2),
    ("coalesce(null)", None),
    ("size('abc') + size([1])", 4),
    ("size(null)", None),
    ("head([1, 2]) + last([1, 2])", 3),
    ("head([])", None),
    ("last([])", None),
    ("tail([1, 2])", [2]),
    ("reverse('abc')", "cba"),
    ("reverse([1, 2])", [2, 1]),
    ("range(0, 6, 3)", [0, 3, 6]),
    ("range(3, 1, -1)", [3, 2, 1]),
    ("range(1, 0)", []),
    ("keys({a: 1, b: 2})", ["a", "b"]),
    ("properties({a: 1})", {"a": 1}),
    ("toInteger('42') + toInteger(2.9) + toInteger('1.7')", 45),
    ("toInteger('x')", None),
    ("toInteger(5)", 5),
    ("toFloat('1.5') + toFloat(2)", 3.5),
    ("toFloat('x')", None),
    ("toBoolean('TRUE')", True),
    ("toBoolean(false)", False),
    ("toBoolean('x')", None),
    ("toString(1) + toString(true) + toString('s')", "1trues"),
    ("toString(false)", "false"),
    ("[x IN [1.0, 1e10, 1e-5, 0.0, 123456.789, 1.5e300, -2.5e-7] | toString(x)]",
     ["1.0", "1.0E10", "1.0E-5", "0.0", "123456.789", "1.5E300", "-2.5E-7"]),
    ("toString(1.0 / 0) + toString(-1.0 / 0) + toString(0.0 / 0)", "Infinity-InfinityNaN"),
    ("toLower('AbC') + toUpper('x') + lower('Y') + upper('z')", "abcXyZ"),
    ("trim(' a ') + ltrim(' b') + rtrim('c ')", "abc"),
    ("substring('hello', 1) + substring('hello', 1, 2)", "elloel"),
    ("left('hello', 2) + right('hello', 2) + right('x', 0)", "helo"),
    ("split('a,b', ',') + split('ab', '')", ["a", "b", "a", "b"]),
    ("replace('aXbX', 'X', '-')", "a-b-"),
    ("abs(-2) + abs(2)", 4),
    ("abs(-1.5)", 1.5),
    ("sign(-3) + sign(0) + sign(2.5)", 0),
    ("round(2.5)", 3.0),
    ("round(-1.5)", -1.0),
    ("round(1.255, 1)", 1.3),
    ("round(1.0 / 0)", math.inf),
    ("ceil(1.2) + floor(1.8)", 3.0),
    ("floor(1.0 / 0)", math.inf),
    ("sqrt(16)", 4.0),
    ("sqrt(-1) = sqrt(-1)", False),
    ("exp(1000)", math.inf),
    ("log(0)", -math.inf),
    ("log10(0)", -math.inf),
    ("log(e())", 1.0),
    ("log10(100)", 2.0),
    ("sin(0) + cos(0) + tan(0) + asin(0) + acos(1) + atan(0) + atan2(0, 1)", 1.0),
    ("cot(0)", math.inf),
    ("cot(1) > 0.64", True),
    ("degrees(pi())", 180.0),
    ("radians(180) = pi()", True),
    ("haversin(0)", 0.0),
    ("0 <= rand() < 1", True),
    ("timestamp() > 0", True),
    ("labels(null)", None),
    ("type(null)", None),
    ("atan2(null, 1)", None),
    ("exists({a: 1}.a)", True),
]  # fmt: skip


@pytest.mark.parametrize("dialect", [STANDARD, NEPTUNE], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_expressions(expression: str, expected: Any, dialect: Dialect) -> None:
    [(found,)] = rows(PropertyGraph(), f"RETURN {expression} AS x", dialect)
    assert found == expected
    assert type(found) is type(expected)


NEPTUNE_EXPRESSIONS: list[tuple[str, Any]] = [
    ("toString(datetime('2024-02-29T10:11:12.5+01:00'))", "2024-02-29T09:11:12.500Z"),
    ("toString(datetime('2024-02-29'))", "2024-02-29T00:00:00Z"),
    ("toString(datetime('2024-02-29T10:11Z'))", "2024-02-29T10:11:00Z"),
    ("toString(datetime('2024-02-29T10:11:12.123456789+0530'))", "2024-02-29T04:41:12.123456Z"),
    ("toString(datetime(datetime('2024-02-29')))", "2024-02-29T00:00:00Z"),
    ("epochmillis(datetime('1970-01-02T00:00:00.001Z'))", 86_400_001),
    ("epochmillis(datetime()) <= timestamp()", True),
    ("datetime('2024-01-01') < datetime('2024-01-02')", True),
    ("datetime(null)", None),
    ("size(randomUUID())", 36),
    ("join(['a', null, 1], '-')", "a-1"),
    ("collToSet([1, 1.0, 'a', 'a'])", [1, "a"]),
    ("collSubtract([1, 2, 3, 3], [2])", [1, 3]),
    ("collIntersection([1, 2, 2, 3], [2, 3, 4])", [2, 3]),
    ("collSort([2, 'a', 1])", ["a", 1, 2]),
    ("textIndexOf('hello', 'l')", 2),
    ("textIndexOf('hello', 'l', 3, 4)", 3),
    ("textIndexOf('hello', 'z')", -1),
    ("{`~id`: 1}.`~id`", 1),
]


@pytest.mark.parametrize(("expression", "expected"), NEPTUNE_EXPRESSIONS)
def test_neptune_functions(expression: str, expected: Any) -> None:
    assert rows(PropertyGraph(), f"RETURN {expression} AS x") == [(expected,)]


STANDARD_EXPRESSIONS: list[tuple[str, Any]] = [
    ("'abc' =~ 'a.c'", True),
    ("toString(date({year: 2020, month: 2, day: 29}))", "2020-02-29"),
    ("toString(date({year: 2020, month: 1, day: 31}) + duration({months: 1, days: 1}))", "2020-03-01"),
    ("toString(duration({years: 1}) + date({year: 2020}))", "2021-01-01"),
    ("toString(date({year: 2020, month: 11}) + duration({months: 1}))", "2020-12-01"),
    ("toString(localtime({hour: 23, minute: 59}) + duration({minutes: 2}))", "00:01"),
    ("toString(time({hour: 1, timezone: '+01:00'}) + duration({seconds: 1}))", "01:00:01+01:00"),
    ("toString(time({hour: 1, timezone: '-02:30'}) + duration({seconds: 1}))", "01:00:01-02:30"),
    ("toString(localdatetime({year: 2020}) + duration({hours: 25}))", "2020-01-02T01:00"),
    ("toString(datetime({year: 2020, nanosecond: 5, hour: 1}) + duration({days: 1}))",
     "2020-01-02T01:00:00.000000005Z"),
    ("date({year: 2020}) < date({year: 2021})", True),
    ("date({year: 2020}) <= date({year: 2020})", True),
    ("date({year: 2020}) = localtime({hour: 1})", False),
    ("toString(duration({months: 14, days: 3, hours: 4, minutes: 5, seconds: 6, milliseconds: 70}))",
     "P1Y2M3DT4H5M6.07S"),
    ("toString(duration({}))", "PT0S"),
    ("date(null)", None),
    ("size(collect(DISTINCT date({year: 2020})))", 1),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), STANDARD_EXPRESSIONS)
def test_standard_functions(expression: str, expected: Any) -> None:
    assert rows(PropertyGraph(), f"RETURN {expression} AS x", STANDARD) == [(expected,)]


QUERIES: list[tuple[str, list[tuple[Any, ...]]]] = [
    # matching
    ("MATCH (n:Person) RETURN n", [("(Ann)",), ("(Bob)",), ("(Cid)",)]),
    ("MATCH (a {name: 'Ann'})-[r:KNOWS]->(b) RETURN b, r.since", [("(Bob)", 2001), ("(Cid)", 2002)]),
    ("MATCH (a:Chef)<-[:KNOWS]-(b) RETURN b", [("(Ann)",), ("(Bob)",)]),
    ("MATCH (a:Chef)--(b) RETURN b", [("(Bonn)",), ("(Ann)",), ("(Bob)",)]),
    ("MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c) RETURN a, b, c", [("(Ann)", "(Bob)", "(Cid)")]),
    ("MATCH (a:Person)-[:KNOWS]->(b), (a)-[:LIVES_IN]->(c)<-[:LIVES_IN]-(b) RETURN a, b, c",
     [("(Ann)", "(Bob)", "(Ulm)")]),
    ("MATCH (a:Chef), (c:City {name: 'Ulm'}) RETURN a, c", [("(Cid)", "(Ulm)")]),
    ("MATCH (a)-[r]->(b:City) WHERE a.age < 35 RETURN type(r), b", [("LIVES_IN", "(Ulm)")]),
    ("MATCH (a)-[r]->(a) RETURN r", []),
    ("MATCH (a {name: 'Ann'})-[r*2]->(b) RETURN r, b",
     [(["[KNOWS]", "[KNOWS]"], "(Cid)"), (["[KNOWS]", "[LIVES_IN]"], "(Ulm)"),
      (["[KNOWS]", "[LIVES_IN]"], "(Bonn)")]),
    ("MATCH (a {name: 'Ann'})-[*0..1]->(b:Person) RETURN b", [("(Ann)",), ("(Bob)",), ("(Cid)",)]),
    ("MATCH (a {name: 'Ann'})-[*..1 {since: 2001}]->(b) RETURN b", [("(Bob)",)]),
    ("MATCH (a {name: 'Ann'})-[*0..0]->(b) RETURN b", [("(Ann)",)]),
    ("MATCH (a {name: 'Ann'})-[*3..2]->(b) RETURN b", []),
    ("MATCH (a {name: 'Ann'}), (b {name: 'Cid'}) MATCH p = (a)-[:KNOWS*]->(b) RETURN p",
     [("(Ann)[KNOWS](Bob)[KNOWS](Cid)",), ("(Ann)[KNOWS](Cid)",)]),
    ("MATCH (b {name: 'Cid'}) MATCH p = (:Person {name: 'Ann'})-[:KNOWS*]->(b) RETURN p",
     [("(Ann)[KNOWS](Cid)",), ("(Ann)[KNOWS](Bob)[KNOWS](Cid)",)]),
    ("MATCH p = (a {name: 'Bob'})<-[*1]-() RETURN p", [("(Bob)[KNOWS](Ann)",)]),
    ("MATCH p = (:Chef) RETURN p, length(p), nodes(p), relationships(p)", [("(Cid)", 0, ["(Cid)"], [])]),
    ("MATCH (a)-[r:KNOWS {since: 2003}]->() MATCH (x)<-[r]-(y) RETURN x, y", [("(Cid)", "(Bob)")]),
    ("MATCH (a)-[r:KNOWS {since: 2003}]->() MATCH (a)-[r]-(y) RETURN y", [("(Cid)",)]),
    ("MATCH (a)-[r:KNOWS]->(b) MATCH (a)-[r:LIVES_IN]->(c) RETURN c", []),
    ("MATCH (a)-[r:KNOWS]->() MATCH (x)-[r]->(x) RETURN x", []),
    ("MATCH (a)-[r {since: 2001}]->() MATCH (a)-[q {since: 2002}]->() "
     "MATCH (a)-[r]->()<-[q]-() RETURN a", []),
    ("MATCH ()-[r1 {since: 2001}]->()-[r2 {since: 2003}]->() WITH [r1, r2] AS rs "
     "MATCH (x)-[rs*]->(y) RETURN x, y", [("(Ann)", "(Cid)")]),
    ("MATCH ()-[r1 {since: 2001}]->()-[r2 {since: 2003}]->(y) WITH [r1, r2] AS rs, y "
     "MATCH (x)-[rs*2..2]->(y) RETURN x", [("(Ann)",)]),
    ("MATCH ()-[r {since: 2001}]->(y) WITH [r, r] AS rs MATCH (x)-[rs*]-(z) RETURN x", []),
    ("MATCH ()-[r {since: 2001}]->(y) WITH [r] AS rs MATCH (x)-[rs*2..]-(z) RETURN x", []),
    ("MATCH ()-[r {since: 2001}]->() WITH [r] AS rs MATCH (x)<-[rs:KNOWS* {since: 2001}]-(z) RETURN x",
     [("(Bob)",)]),
    ("MATCH ()-[r {since: 2001}]->() WITH [r] AS rs MATCH (x)<-[rs:LIKES*]-(z) RETURN x", []),
    ("MATCH ()-[r {since: 2001}]->() WITH [r] AS rs MATCH (x)<-[rs* {since: 1}]-(z) RETURN x", []),
    ("OPTIONAL MATCH (a:Nope) RETURN a", [(None,)]),
    ("OPTIONAL MATCH (a:Nope) MATCH (a)-->(b) RETURN b", []),
    ("OPTIONAL MATCH (a:Nope) MATCH (a)-[*]->(b) RETURN b", []),
    ("OPTIONAL MATCH (a:Nope)-[r]->(b) MATCH (c)-[r]->(d) RETURN b", []),
    ("OPTIONAL MATCH (a:Nope), (b:Nope) MATCH (a)-->(b) RETURN b", []),
    ("OPTIONAL MATCH (b:Nope) MATCH (a:Chef)-[*]->(b) RETURN b", []),
    ("OPTIONAL MATCH (b:Nope)-[r]->(c) WITH b, [r] AS rs MATCH (b)-[rs*]->(d) RETURN d", []),
    ("MATCH (n:Person) OPTIONAL MATCH (n)-[:KNOWS]->(m:Chef) RETURN n, m",
     [("(Ann)", "(Cid)"), ("(Bob)", "(Cid)"), ("(Cid)", None)]),
    # predicates
    ("MATCH (n:Person) WHERE (n)-[:KNOWS]->(:Chef) RETURN n", [("(Ann)",), ("(Bob)",)]),
    ("MATCH (n:Person) WHERE NOT (n)-[:KNOWS]->() RETURN n", [("(Cid)",)]),
    ("MATCH (n:Person) WHERE EXISTS { (n)-[:KNOWS]->(m) WHERE m.age < 45 } RETURN n", [("(Ann)",)]),
    ("MATCH (n:City) WHERE EXISTS { MATCH (n)<--(m) WITH count(m) AS c WHERE c > 1 RETURN 1 } RETURN n",
     [("(Ulm)",)]),
    ("MATCH (n:City) RETURN [(n)<-[:LIVES_IN]-(p) WHERE p.age > 30 | p.name] AS names",
     [(["Bob"],), (["Cid"],)]),
    ("MATCH (n:Chef) RETURN [p = (n)-->() | length(p)] AS l", [([1],)]),
    ("MATCH (a)-[r]->(b) WHERE r:KNOWS AND b:Chef AND a.name IN ['Ann', 'Bob'] RETURN a",
     [("(Ann)",), ("(Bob)",)]),
    ("MATCH (n) WHERE n.age = 40 OR n.name ENDS WITH 'nn' RETURN n", [("(Ann)",), ("(Bob)",), ("(Bonn)",)]),
    ("MATCH (n {name: ['x']}) RETURN n", []),
    ("MATCH (n:Person) WHERE all(x IN [n.age] WHERE x > 35) AND size([z IN [n.age] | z]) = 1 "
     "AND reduce(s = 0, y IN [1] | s + n.age) > 45 RETURN n", [("(Cid)",)]),
    ("MATCH ((a:Chef)-[:LIVES_IN]->(b)) RETURN b", [("(Bonn)",)]),
    ("UNWIND [1, 2] AS x RETURN x AS y, count(*) + size([x IN [5] WHERE x = 5 | x]) AS c, "
     "max(x) + reduce(x = 0, z IN [1] | x + z) AS d", [(1, 2, 2), (2, 2, 3)]),
    ("MATCH (a:Person) RETURN a AS x, count(*) + size([(a)-[r:KNOWS]->(b) | b.age]) AS c "
     "ORDER BY c DESC, x.name LIMIT 2", [("(Ann)", 3), ("(Bob)", 2)]),
    ("MATCH (a:Chef) WITH *, count(*) AS c RETURN a, c", [("(Cid)", 1)]),
    ("MATCH (a:Chef)-->(b) RETURN a AS b, b AS a, count(*) AS c", [("(Cid)", "(Bonn)", 1)]),
    ("MATCH (a:Chef) RETURN *, a.age + count(*) AS c", [("(Cid)", 51.5)]),
    ("MATCH (a:Chef) MATCH (a)-[r*]-(a) RETURN count(r)", [(4,)]),
    ("MATCH (a:Chef) MATCH (a)-[r:KNOWS*2]-(b)-[s:KNOWS]-(c) RETURN count(*)", [(2,)]),
    ("RETURN null AND null AND true, null AND false, null AND null, true AND true AND false",
     [(None, False, None, False)]),
    ("RETURN [(1) - [1][0], (2)]", [([0, 2],)]),
    ("WITH range(1, 20) + ['a', true] AS l UNWIND [1, 'a', 30, 2.0, true, 1] AS x RETURN x IN l",
     [(True,), (True,), (False,), (True,), (True,), (True,)]),
    ("WITH range(5, 20) + [null] AS l UNWIND [5, 1, 6, 1, 'a'] AS x RETURN x IN l",
     [(True,), (None,), (True,), (None,), (None,)]),
    ("WITH range(2, 20) + [true] AS l UNWIND [2, 1] AS x RETURN x IN l", [(True,), (False,)]),
    ("MATCH (n) WHERE n.name IN [['x'], 'Ulm'] RETURN n", [("(Ulm)",)]),
    ("MATCH (n) WHERE n.name = null RETURN n", []),
    ("MATCH (n) WHERE n.name IN null RETURN n", []),
    ("MATCH (n) WHERE id(n) = 7 RETURN n", []),
    ("MATCH (n) WHERE null:City RETURN n", []),
    ("WITH null AS x WHERE x:City RETURN x", []),
    # projection
    ("MATCH (n:Person) RETURN count(*)", [(3,)]),
    ("MATCH (n:Nope) RETURN count(*), count(n), sum(n.x), avg(n.x), min(n.x), collect(n)",
     [(0, 0, 0, None, None, [])]),
    ("MATCH (n:Person)-[:LIVES_IN]->(c) RETURN c.name AS c, count(*) AS n ORDER BY n DESC, c",
     [("Ulm", 2), ("Bonn", 1)]),
    ("MATCH (n:Person)-[:LIVES_IN]->(c) RETURN c, n:Chef AS chef, count(*) + 1 AS n",
     [("(Ulm)", False, 3), ("(Bonn)", True, 2)]),
    ("MATCH (n:Person) RETURN sum(n.age), avg(n.age), min(n.name), max(n.name)",
     [(120.5, 120.5 / 3, "Ann", "Cid")]),
    ("UNWIND [1, 2, 3] AS x RETURN sum(x), avg(x), stDev(x), stDevP(x) < 0.82", [(6, 2.0, 1.0, True)]),
    ("UNWIND [1] AS x RETURN stDev(x)", [(0.0,)]),
    ("UNWIND [1, 2, 3, 4] AS x RETURN percentileCont(x, 0.4), percentileDisc(x, 0.5), "
     "percentileCont(x, 1.0), percentileDisc(x, 0)", [(2.2, 2, 4.0, 1)]),
    ("UNWIND [null] AS x RETURN percentileCont(x, 0.4), percentileDisc(x, 0.5)", [(None, None)]),
    ("UNWIND [1, 1, 2, null] AS x RETURN count(DISTINCT x), collect(DISTINCT x), "
     "percentileDisc(DISTINCT x, 1.0)", [(2, [1, 2], 2)]),
    ("UNWIND [1, 'a', null, [1], true] AS x RETURN min(x), max(x)", [([1], 1)]),
    ("UNWIND [1, 1.0, true, 'a', null, null, [1], [1.0], {a: 1}, {a: 1.0}] AS x "
     "RETURN x, count(*) AS c",
     [(1, 2), (True, 1), ("a", 1), (None, 2), ([1], 2), ({"a": 1}, 2)]),
    ("UNWIND [0.0 / 0, 0.0 / 0, 1.0] AS x RETURN DISTINCT x = x", [(False,), (True,)]),
    ("UNWIND [0.0 / 0, 0.0 / 0] AS x WITH DISTINCT x RETURN count(*)", [(1,)]),
    ("UNWIND [3, null, 1, 0.0 / 0, 'b', true, [2], {z: 1}] AS x WITH x ORDER BY x RETURN "
     "[y IN collect(toString(coalesce(head([x][1..]), 1))) | 1] AS n", [([1] * 8,)]),
    ("UNWIND [3, null, 1, 'b', true] AS x RETURN x ORDER BY x DESC",
     [(None,), (3,), (1,), (True,), ("b",)]),
    ("UNWIND [[2, 1], [1, 2], [1, 1]] AS x RETURN x[0] AS a, x[1] AS b ORDER BY a DESC, b",
     [(2, 1), (1, 1), (1, 2)]),
    ("UNWIND [[2, 1], [1, 2], [1, 1]] AS x RETURN x[0] AS a, x[1] AS b ORDER BY a, b LIMIT 2",
     [(1, 1), (1, 2)]),
    ("UNWIND [1, 2, 3] AS x RETURN x ORDER BY x DESC SKIP 1 LIMIT 1", [(2,)]),
    ("UNWIND [1, 2, 3] AS x RETURN x SKIP 2", [(3,)]),
    ("UNWIND [1, 2, 3] AS x WITH x LIMIT 2 WHERE x > 1 RETURN x", [(2,)]),
    ("UNWIND [1, 2] AS x UNWIND [] AS y RETURN x", []),
    ("UNWIND null AS x RETURN x", []),
    ("UNWIND 5 AS x RETURN x", [(5,)]),
    ("WITH 1 AS a, 2 AS b WITH a, b, a + b AS c WHERE c > 2 RETURN *", [(1, 2, 3)]),
    ("WITH 1 AS a WITH *, 2 AS b RETURN a, b", [(1, 2)]),
    ("WITH 1 AS b, 2 AS a RETURN * UNION WITH 3 AS b, 4 AS a RETURN b, a", [(2, 1), (4, 3)]),
    ("MATCH (a:Chef)-[r]->(b) WITH r MATCH (x)-[r]-(x) RETURN *", []),
    ("UNWIND range(1, 3) AS x RETURN x ORDER BY x DESC LIMIT 1000000", [(3,), (2,), (1,)]),
    ("WITH 1 AS a, 2 AS b RETURN b AS a, a AS b ORDER BY a", [(2, 1)]),
    ("RETURN 1 AS a, 2 AS b, 3 AS c, 4 AS d", [(1, 2, 3, 4)]),
    ("MATCH (n:Person) WITH n ORDER BY n.age DESC LIMIT 1 RETURN n.name", [("Cid",)]),
    ("MATCH (n:Person) RETURN DISTINCT n:Chef AS chef ORDER BY n:Chef DESC", [(True,), (False,)]),
    ("MATCH (n:Person) WITH n.name AS name, count(*) AS c ORDER BY n.name DESC RETURN name",
     [("Cid",), ("Bob",), ("Ann",)]),
    ("MATCH (n)-->(m:City) RETURN m.name AS m, count(n) AS c ORDER BY count(n), m", [("Bonn", 1), ("Ulm", 2)]),
    ("UNWIND [1, 2] AS x RETURN x, [y IN [1] | y + x] AS l, count(*) AS c", [(1, [2], 1), (2, [3], 1)]),
    ("UNWIND [1, 2] AS x RETURN {m: max(x), l: [y IN collect(x) | y + 1]} AS r", [({"m": 2, "l": [2, 3]},)]),
    ("MATCH (n:Chef) RETURN n {.name, .*, k: n.age + 1}", [({"name": "Cid", "age": 50.5, "k": 51.5},)]),
    ("WITH {a: 1} AS m, 2 AS v RETURN m {.a, v}", [({"a": 1, "v": 2},)]),
    ("OPTIONAL MATCH (n:Nope) RETURN n {.name}, n.name, id(n)", [(None, None, None)]),
    ("RETURN 1 AS x UNION RETURN 1 AS x UNION RETURN 2 AS x", [(1,), (2,)]),
    ("RETURN 1 AS x UNION ALL RETURN 1 AS x", [(1,), (1,)]),
    ("UNWIND [1, 2] AS x CALL { WITH x RETURN x AS y UNION ALL RETURN 0 AS y } RETURN x, y",
     [(1, 1), (1, 0), (2, 2), (2, 0)]),
    ("MATCH (a:Chef), (b:Chef) RETURN a = b, a <> b, a IN [b]", [(True, False, True)]),
    ("MATCH (n:Chef)-[r]->(m) RETURN labels(n), keys(n), keys(r), properties(r), startNode(r), endNode(r)",
     [(["Person", "Chef"], ["name", "age"], [], {}, "(Cid)", "(Bonn)")]),
    ("MATCH p = (:Chef)-->() RETURN rels(p), p = p", [(["[LIVES_IN]"], True)]),
    ("MATCH p = (:Chef)-->() WITH DISTINCT p RETURN p", [("(Cid)[LIVES_IN](Bonn)",)]),
    ("MATCH (n:Person) WITH n, n.name AS x ORDER BY n SKIP 2 RETURN x", [("Cid",)]),
    ("MATCH ()-[r:KNOWS]->() WITH r ORDER BY r DESC LIMIT 1 RETURN r.since", [(2003,)]),
    ("MATCH p = ()-[:KNOWS]->() WITH p ORDER BY p LIMIT 1 RETURN p", [("(Ann)[KNOWS](Bob)",)]),
    ("WITH [{b: 1, a: 1}, {a: 1}] AS l UNWIND l AS m WITH m ORDER BY m RETURN size(keys(m))", [(1,), (2,)]),
    ("/* a */ RETURN 1 // b\n;", [(1,)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_queries(query: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(people(), query) == expected


#: (queries, rows of the last), standard dialect, on an empty graph
CHANGES: list[tuple[list[str], list[tuple[Any, ...]]]] = [
    (["CREATE (n) RETURN labels(n), properties(n)"], [([], {})]),
    (["CREATE (n {l: [1, 2], x: null}) RETURN properties(n)"], [({"l": [1, 2]},)]),
    (["CREATE (n {l: [1]}), (m {l: [2]})", "MATCH (n {l: [2]}) RETURN count(n)"], [(1,)]),
    (["CREATE p = (a {name: 'a'})<-[:R]-(b {name: 'b'}) RETURN p"], [("(a)[R](b)",)]),
    (["CREATE (a {x: 1}), (b {y: a.x + 1}) RETURN b.y"], [(2,)]),
    (["CREATE (a {x: 1}) CREATE (a)-[r:R {w: a.x}]->(a) RETURN r.w"], [(1,)]),
    (["CREATE (:A)-[:R]->(:B)", "MATCH (a)-[r]-(b) RETURN count(*)"], [(2,)]),
    (["CREATE (a)-[:R]->(a)", "MATCH (a)-[r]-(b) RETURN count(*)"], [(1,)]),
    (["CREATE (a)-[:R]->(a)", "MATCH (a)-[r]-(a) RETURN count(*)"], [(1,)]),
    (["CREATE (a)-[:R]->(a)", "MATCH (a)-[r]->(a)-[q]->(a) RETURN count(*)"], [(0,)]),
    (["CREATE (a)-[:R]->(a)", "MATCH (a)-[r*]-(b) RETURN count(*)"], [(1,)]),
    (["CREATE (a)-[:R]->(a)", "MATCH ()-[r]->() MATCH (x)-[r]-(x) RETURN count(*)"], [(1,)]),
    (["UNWIND [1, 2] AS x CREATE (:N {x: x})", "MATCH (n:N) RETURN n.x ORDER BY n.x LIMIT 1"], [(1,)]),
    (["CREATE (n:N) RETURN n LIMIT 0", "MATCH (n) RETURN count(n)"], [(1,)]),
    (["CREATE (:N)", "MATCH (n) CREATE (:N)", "MATCH (n) CREATE (:N) WITH n MATCH (m) RETURN count(*)"],
     [(8,)]),
    (["UNWIND [1, 1, 2] AS x MERGE (n:N {x: x}) ON CREATE SET n.c = 1 ON MATCH SET n.c = n.c + 1 "
      "RETURN n.c"], [(2,), (2,), (1,)]),
    (["CREATE (:A {k: 1}), (:A {k: 1})", "MERGE (n:A {k: 1}) RETURN count(n)"], [(2,)]),
    (["CREATE (:A), (:B)", "MATCH (a:A), (b:B) MERGE p = (a)-[r:R {x: 1}]-(b) RETURN length(p)",
      "MATCH (:B)<-[r:R]-(:A) RETURN r.x"], [(1,)]),
    (["MERGE (a:A)-[:R]->(b:B)-[:S]->(c:C) RETURN labels(b)"], [(["B"],)]),
    (["CREATE (n:A {x: 1}) SET n:B:C, n.y = n.x, n.x = null RETURN labels(n), properties(n)"],
     [(["A", "B", "C"], {"y": 1})]),
    (["CREATE (a {x: 1}), (b {y: 2}) SET a = b RETURN properties(a)"], [({"y": 2},)]),
    (["CREATE (a {x: 1})-[r:R {w: 2}]->(b) SET a += r RETURN properties(a)"], [({"x": 1, "w": 2},)]),
    (["CREATE (a {x: 1}) SET a += null RETURN properties(a)"], [({"x": 1},)]),
    (["CREATE (a {x: 1}) SET (a).x = 2 RETURN a.x"], [(2,)]),
    (["OPTIONAL MATCH (n:Nope) SET n.x = 1, n:A, n += {a: 1} REMOVE n.y, n:B DELETE n RETURN n"],
     [(None,)]),
    (["CREATE (n:A:B {x: 1}) REMOVE n:A, n.x, n:C RETURN labels(n), properties(n)"], [(["B"], {})]),
    (["CREATE (n:A) REMOVE n:A RETURN labels(n)"], [([],)]),
    (["CREATE (:A)-[:R]->(:B)", "MATCH (a)-[r]->(b) DELETE a, r, b", "MATCH (n) RETURN count(n)"], [(0,)]),
    (["CREATE (:A)-[:R]->(:B)", "MATCH p = (:A)-->() DELETE p", "MATCH (n) RETURN count(n)"], [(0,)]),
    (["CREATE (:A)-[:R]->(:B)", "MATCH (a:A) DETACH DELETE a WITH a MATCH (n) RETURN labels(n)"],
     [(["B"],)]),
    (["CREATE (a:A)-[:R]->(a)", "MATCH (n) DETACH DELETE n, n RETURN count(*)"], [(1,)]),
    (["CREATE (:A {name: 'x'})", "MATCH (n) DELETE n RETURN n, id(n) IS NULL"], [("(x)", False)]),
    (["CREATE (:A)-[:R {w: 1}]->(:B)", "MATCH (n)-[r]->() DELETE r WITH n CREATE (m {x: n.y}) "
      "RETURN labels(n), keys(n), properties(m)"], [(["A"], [], {})]),
    (["CREATE (:A {k: 'x'})", "MATCH (n) WITH n, 'k' AS k DELETE n RETURN type(null)"], [(None,)]),
    (["CREATE (:A {k: 'x'}) WITH 1 AS x MATCH (n) RETURN n['k'] AS k UNION MATCH (n:B) RETURN n.x AS k"],
     [("x",)]),
]  # fmt: skip


@pytest.mark.parametrize(("queries", "expected"), CHANGES)
def test_changes(queries: list[str], expected: list[tuple[Any, ...]]) -> None:
    graph = PropertyGraph()
    found: list[tuple[Any, ...]] = []
    for query in queries:
        found = rows(graph, query, STANDARD)
    assert found == expected


def test_parameters_of_all_kinds() -> None:
    from datetime import datetime, timezone

    values = {"l": [1, (2, {"a": None})], "t": datetime(2024, 1, 1), "b": True}
    [(found,)] = rows(PropertyGraph(), "RETURN [$l, toString($t), $b] AS x", **values)
    assert found == [[1, [2, {"a": None}]], "2024-01-01T00:00:00Z", True]
    aware = datetime(2024, 1, 1, tzinfo=timezone.utc)
    assert rows(PropertyGraph(), "RETURN $t = $u AS x", t=aware, u=aware) == [(True,)]


def test_multi_valued_properties_read_as_lists() -> None:
    graph = PropertyGraph()
    with graph.transaction() as tx:
        node = tx.add_vertex("a", ("A",))
        tx.add_value(node, "x", 1)
        tx.add_value(node, "x", 2)
    assert rows(graph, "MATCH (n) RETURN n.x, properties(n)") == [([1, 2], {"x": [1, 2]})]
    assert rows(graph, "MATCH (n {x: 1}) RETURN n") == []
    assert rows(graph, "MATCH (n) WHERE 2 IN n.x SET n.x = 3 RETURN n.x") == [(3,)]
