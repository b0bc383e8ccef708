# ruff: noqa: E501  # tables of queries, one a line
"""Refusals: the exception's code, the TCK's kind and detail, and where in the text."""

from __future__ import annotations

from typing import Any

import pytest

from moto_neptunedata.graph import PropertyGraph
from moto_neptunedata.opencypher import NEPTUNE, STANDARD, CypherError, Dialect, Options, execute
from tests.test_opencypher.support import people, picture

MALFORMED = "MalformedQueryException"
UNSUPPORTED = "UnsupportedOperationException"
BAD_REQUEST = "BadRequestException"

#: (query, detail, text in the message), all MalformedQueryException at compile time
SYNTAX: list[tuple[str, str, str]] = [
    ("", "UnexpectedSyntax", "Invalid input '': expected a clause (line 1, column 1 (offset: 0))"),
    ("MATCH (n)\n  RETRUN n", "UnexpectedSyntax",
     "Invalid input 'RETRUN': expected a clause or the end of the query (line 2, column 3 (offset: 12))"),
    ("RETURN x", "UndefinedVariable", "Variable `x` not defined (line 1, column 8 (offset: 7))"),
    ("RETURN 'a", "UnexpectedSyntax", "Unterminated string literal"),
    ("RETURN `a", "UnexpectedSyntax", "Unterminated quoted name"),
    ("RETURN ``", "UnexpectedSyntax", "Invalid quoted name"),
    ("RETURN 1 ~ 2", "UnexpectedSyntax", "Invalid input '~'"),
    ("RETURN 1 — 2", "InvalidUnicodeCharacter", "Invalid input '—'"),
    ("RETURN '\\q'", "UnexpectedSyntax", "Invalid escape sequence \\q"),
    ("RETURN '\\u12'", "InvalidUnicodeLiteral", "Invalid escape sequence \\u"),
    ("RETURN '\\UFFFFFFFF'", "InvalidUnicodeLiteral", "Invalid unicode literal"),
    ("RETURN '\\uD800'", "InvalidUnicodeLiteral", "half a character"),
    ("RETURN 1a", "InvalidNumberLiteral", "Invalid input '1a'"),
    ("RETURN 9223372036854775808", "IntegerOverflow", "integer is too large"),
    ("RETURN 1e999", "FloatingPointOverflow", "too large"),
    ("RETURN [1, ", "UnexpectedSyntax", "expected an expression"),
    ("RETURN {a: 1,}", "UnexpectedSyntax", "expected a property key"),
    ("RETURN {a 1}", "UnexpectedSyntax", "expected ':'"),
    ("RETURN CASE END", "UnexpectedSyntax", "expected 'WHEN'"),
    ("RETURN CASE 1 END", "UnexpectedSyntax", "expected 'WHEN'"),
    ("RETURN WHERE", "UnexpectedSyntax", "expected an expression"),
    ("RETURN 1 + NOT true", "UnexpectedSyntax", "expected an expression"),
    ("RETURN 1 IS 2", "UnexpectedSyntax", "expected 'NULL'"),
    ("RETURN 'a' STARTS 'b'", "UnexpectedSyntax", "expected 'WITH'"),
    ("MATCH (a)-[*-1]->() RETURN a", "InvalidRelationshipPattern", "expected a length"),
    ("MATCH (a)-[:T..]->() RETURN a", "InvalidRelationshipPattern", "expected ']'"),
    ("MATCH (a RETURN a", "UnexpectedSyntax", "expected ')'"),
    ("MERGE (a) ON DELETE SET a.x = 1", "UnexpectedSyntax", "expected 'CREATE' or 'MATCH'"),
    ("RETURN 1 AS", "UnexpectedSyntax", "expected an alias"),
    ("USING QUERY:X", "UnexpectedSyntax", "expected the value of the hint"),
    ("RETURN (a)-[x]-1", "UndefinedVariable", "`a`"),
    ("RETURN " + "(" * 500 + "1" + ")" * 500, "NestingTooDeep", "nests deeper than 100 levels"),
    ("RETURN " + "[" * 90 + "1" + "]" * 90 + "." * 1 + "x" * 1 + ".y" * 200, "NestingTooDeep", "deeper"),
    ("RETURN 1" + " + 1" * 500, "NestingTooDeep", "deeper"),
    # names and scopes
    ("MATCH (n) WITH n.x AS x RETURN n", "UndefinedVariable", "`n`"),
    ("MATCH (n)-[n]->() RETURN n", "VariableTypeConflict", "conflicting type node"),
    ("WITH 1 AS n MATCH (n) RETURN n", "VariableTypeConflict", "conflicting type int"),
    ("WITH [1] AS r MATCH ()-[r*]->() RETURN r", "VariableTypeConflict", "list"),
    ("MATCH (n)-[r]->()-[r]->() RETURN n", "RelationshipUniquenessViolation", "`r` twice"),
    ("MATCH (n) MATCH n = () RETURN n", "VariableAlreadyBound", "`n` already declared"),
    ("MATCH (n) CREATE (n)", "VariableAlreadyBound", "`n`"),
    ("MATCH ()-[r]->() CREATE (r)-[:X]->()", "VariableTypeConflict", "rel"),
    ("MATCH ()-[r]->() CREATE ()-[r:X]->()", "VariableAlreadyBound", "`r`"),
    ("MATCH (p) CREATE p = ()", "VariableAlreadyBound", "`p`"),
    ("MATCH (n) UNWIND [1] AS n RETURN n", "VariableAlreadyBound", "`n`"),
    ("WITH 1 AS a RETURN 1 AS a, 2 AS a", "ColumnNameConflict", "`a`"),
    ("WITH 1 + 1 RETURN 2", "NoExpressionAlias", "must be aliased"),
    ("MATCH () RETURN *", "NoVariablesInScope", "RETURN *"),
    ("MATCH (n) WHERE (n)-->(m) RETURN n", "UndefinedVariable", "`m`"),
    ("MATCH (n) CALL { WITH n RETURN 1 AS n } RETURN n", "VariableAlreadyBound", "`n`"),
    ("MATCH (n) CALL { RETURN n.x AS x } RETURN x", "UndefinedVariable", "`n`"),
    ("CALL (q) { RETURN 1 AS x } RETURN x", "UndefinedVariable", "`q`"),
    # composition
    ("MATCH (n)", "InvalidClauseComposition", "must end with RETURN"),
    ("RETURN 1 RETURN 2", "InvalidClauseComposition", "at the end"),
    ("CREATE (n) MATCH (m) RETURN m", "InvalidClauseComposition", "WITH is required"),
    ("RETURN 1 AS a UNION RETURN 2 AS b", "DifferentColumnsInUnion", "same column names"),
    ("RETURN 1 AS a UNION RETURN 1 AS a UNION ALL RETURN 1 AS a", "InvalidClauseComposition", "mixed"),
    ("CALL { RETURN 1 AS a UNION RETURN 2 AS b } RETURN a", "DifferentColumnsInUnion", "same"),
    ("CALL { RETURN 1 AS a UNION RETURN 1 AS a UNION ALL RETURN 1 AS a } RETURN a",
     "InvalidClauseComposition", "mixed"),
    ("MATCH (n) WHERE EXISTS { MATCH (n) SET n.x = 1 } RETURN n", "InvalidClauseComposition", "updates"),
    # patterns that write
    ("CREATE ()-[:A|B]->()", "NoSingleRelationshipType", "Exactly one"),
    ("CREATE ()-[:A]-()", "RequiresDirectedRelationship", "directed"),
    ("CREATE ()-[:A*2]->()", "CreatingVarLength", "Variable length"),
    ("MERGE (n $p)", "InvalidParameterUse", "MATCH and MERGE"),
    # types
    ("RETURN 1 AND true", "InvalidArgumentType", "expected Boolean but was Int"),
    ("MATCH (n) WHERE n RETURN n", "InvalidArgumentType", "Boolean but was Node"),
    ("RETURN 1 IN 2", "InvalidArgumentType", "expected List"),
    ("RETURN -'a'", "InvalidArgumentType", "Float or Integer but was String"),
    ("RETURN 1 * 'a'", "InvalidArgumentType", "Float or Integer"),
    ("RETURN 1 + {a: 1}", "InvalidArgumentType", "Float, Integer, String or List"),
    ("RETURN true + true", "InvalidArgumentType", "Float, Integer, String or List"),
    ("RETURN size(1)", "InvalidArgumentType", "List or String"),
    ("WITH 1 AS x RETURN x:A", "InvalidArgumentType", "Node or Relationship"),
    ("WITH 1 AS x RETURN x {.a}", "InvalidArgumentType", "Map"),
    ("RETURN [x IN 1 | x]", "InvalidArgumentType", "expected List"),
    ("RETURN exists(1)", "InvalidArgumentType", "exists()"),
    ("MATCH p = () SET p.x = 1", "InvalidArgumentType", "Node or Relationship"),
    ("MATCH (n) SET n = 1", "InvalidArgumentType", "Expected Map"),
    ("MATCH ()-[r]->() SET r:A", "InvalidArgumentType", "expected Node"),
    ("RETURN $x AND $y AND", "UnexpectedSyntax", "expected an expression"),
    ("DELETE 1", "InvalidArgumentType", "Expected one of [node, relationship, path] but got a int"),
    ("MATCH (n) DELETE n:A", "InvalidDelete", "labels"),
    ("MATCH (n) RETURN (n)-->()", "UnexpectedSyntax", "not a value"),
    ("RETURN nope(1)", "UnknownFunction", "Unknown function 'nope'"),
    ("RETURN size()", "InvalidNumberOfArguments", "0 arguments"),
    ("RETURN count(1, 2)", "InvalidNumberOfArguments", "2 arguments"),
    ("RETURN size(DISTINCT [1])", "UnexpectedSyntax", "DISTINCT"),
    # aggregation
    ("MATCH (n) WHERE count(n) > 1 RETURN n", "InvalidAggregation", "aggregating"),
    ("RETURN count(count(*))", "NestedAggregation", "inside"),
    ("RETURN count(rand())", "NonConstantExpression", "non-deterministic"),
    ("MATCH (n) RETURN n.x + count(*)", "AmbiguousAggregationExpression", "grouping keys"),
    ("MATCH (n)--(m) RETURN n, count(*) + size([(m)-->() | 1]) AS c",
     "AmbiguousAggregationExpression", "grouping keys"),
    ("MATCH (n) RETURN DISTINCT n.x AS x ORDER BY size([(n)-->() | 1])", "UndefinedVariable", "`n`"),
    ("MATCH (n) RETURN n AS x, count(*) AS c ORDER BY size([(n)-->() | 1])", "UndefinedVariable", "`n`"),
    ("MATCH (n) RETURN n.x ORDER BY count(*)", "InvalidAggregation", "aggregating"),
    ("MATCH (n) RETURN DISTINCT n.x ORDER BY count(*)", "InvalidAggregation", "aggregating"),
    ("MATCH (n) RETURN count(*) AS c ORDER BY n.x", "UndefinedVariable", "`n`"),
    ("MATCH (n) RETURN n.x + n.y AS s, count(*) AS c ORDER BY n.x + n.y + count(*)",
     "AmbiguousAggregationExpression", "grouping keys"),
    ("MATCH (n) RETURN DISTINCT n.x ORDER BY n.y", "UndefinedVariable", "`n`"),
    ("RETURN 1 LIMIT -1", "NegativeIntegerArgument", "negative"),
    ("RETURN 1 LIMIT 1.5", "InvalidArgumentType", "Integer"),
    ("MATCH (n) RETURN n SKIP n.x", "NonConstantExpression", "SKIP"),
    ("RETURN 1 SKIP count(*)", "InvalidAggregation", "SKIP"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "detail", "text"), SYNTAX)
def test_refused_before_running(query: str, detail: str, text: str) -> None:
    with pytest.raises(CypherError) as caught:
        execute(PropertyGraph(), query)
    error = caught.value
    assert (error.code, error.kind, error.phase, error.detail) == (
        MALFORMED, "SyntaxError", "compile time", detail,
    )  # fmt: skip
    assert text in error.message
    assert "(line 1, column " in error.message or "(line 2, column " in error.message


UNSUPPORTED_QUERIES: list[tuple[str, str]] = [
    (
        "FOREACH (x IN [1] | CREATE (n))",
        "FOREACH is not supported in this release (line 1, column 1",
    ),
    ("LOAD CSV FROM 'x' AS y RETURN y", "LOAD CSV"),
    ("MANDATORY MATCH (n) RETURN n", "MANDATORY MATCH"),
    ("CREATE INDEX ON :A(x)", "CREATE INDEX"),
    ("EXPLAIN RETURN 1", "EXPLAIN"),
    ("MATCH p = shortestPath((a)-[*]-(b)) RETURN p", "shortestPath()"),
    ("MATCH (a) RETURN shortestPath((a)-[*]-(a))", "shortestPath()"),
    ("CALL neptune.algo.pageRank() YIELD node RETURN node", "CALL of a procedure"),
    ("RETURN date('2020-01-01')", "The function date()"),
    ("RETURN duration('P1D')", "The function duration()"),
    ("RETURN point({x: 1})", "The function point()"),
    ("RETURN datetime.truncate('day', datetime())", "The function datetime.truncate()"),
    ("RETURN 'a' =~ 'b'", "regular expression"),
    ("RETURN 1 LIMIT toInteger(rand())", "LIMIT that is not a number"),
    ("RETURN 1 SKIP toInteger(rand())", "SKIP that is not a number"),
    ("CREATE (a) RETURN a UNION CREATE (a) RETURN a", "UNION of queries that write"),
    ("MATCH (n:A|B) RETURN n", "label expression"),
    ("MATCH (n WHERE n.x = 1) RETURN n", "WHERE inside a node pattern"),
    ("MATCH ()-[r:R WHERE r.x = 1]->() RETURN r", "WHERE inside a relationship pattern"),
    ("MATCH (n) USING INDEX n:A(x) RETURN n", "USING after MATCH"),
    ("USING PERIODIC COMMIT RETURN 1", "USING PERIODIC"),
    ("RETURN COUNT { MATCH (n) RETURN n }", "COUNT { } subquery"),
    ("CALL { CREATE (n) } IN TRANSACTIONS", "IN TRANSACTIONS"),
    ("CALL (*) { RETURN 1 AS x } RETURN x", "CALL (*)"),
    ("MATCH (n) SET n.a.b = 1", "property of a property"),
    ("MATCH (n) SET n['a'] = 1", "computed key"),
    ("MATCH (n:Person) RETURN n['name']", "computed key"),
    ("RETURN datetime({year: 2020})", "datetime() of a Map"),
    ("MATCH (a:Chef)-[*1..2 {since: b.age}]-(b) RETURN a", "depend on the same pattern"),
    ("MATCH (a)--(b) RETURN a AS b, b AS a, count(*) + size([(a)--() | 1]) AS c", "also an alias"),
]


@pytest.mark.parametrize(("query", "text"), UNSUPPORTED_QUERIES)
def test_unsupported_constructs_are_named(query: str, text: str) -> None:
    with pytest.raises(CypherError) as caught:
        execute(people(), query)
    assert caught.value.code == UNSUPPORTED
    assert text in caught.value.message


#: (query, parameters, code, kind, detail, text)
RUNTIME: list[tuple[str, dict[str, Any], str, str, str, str]] = [
    ("MATCH (n:Person) DELETE n", {}, BAD_REQUEST, "ConstraintVerificationFailed", "DeleteConnectedNode",
     "Cannot delete node, because it still has relationships. "
     "To delete this node, you must first delete its relationships."),
    ("MATCH (n:City) REMOVE n:City", {}, BAD_REQUEST, "ConstraintVerificationFailed", "LastLabel",
     "attempting to remove the last label of a node"),
    ("MATCH (n:City) SET n.x = [1]", {}, BAD_REQUEST, "TypeError", "InvalidPropertyType",
     "Property value must be a simple literal."),
    ("MATCH (n:City) SET n.x = {a: 1}", {}, BAD_REQUEST, "TypeError", "InvalidPropertyType", "simple"),
    ("MATCH (n:City) SET n = $x", {"x": 1}, MALFORMED, "TypeError", "InvalidArgumentType",
     "Expected Map for Set properties but didn't find one."),
    ("CREATE ({`~id`: 'a'})", {}, "ConstraintViolationException", "DuplicateData", "DuplicateData",
     "Node with id already exists: a"),
    ("MATCH (a:Chef) CREATE (a)-[:R {`~id`: 'ab'}]->(a)", {}, "ConstraintViolationException",
     "DuplicateData", "DuplicateData", "Relationship with id already exists: ab"),
    ("CREATE ({`~id`: 1})", {}, BAD_REQUEST, "TypeError", "InvalidPropertyType", "~id is a String"),
    ("MATCH (n:City) SET n.`~id` = 'z'", {}, BAD_REQUEST, "TypeError", "InvalidPropertyType", "changed"),
    ("CREATE (n $p)", {"p": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Properties are a Map"),
    ("MERGE (n:A {x: null})", {}, MALFORMED, "SemanticError", "MergeReadOwnWrites", "null"),
    ("OPTIONAL MATCH (n:Nope) CREATE (n)-[:R]->()", {}, MALFORMED, "SemanticError",
     "InvalidArgumentValue", "Null"),
    ("MATCH (n:Chef) DETACH DELETE n RETURN n.x", {}, BAD_REQUEST, "EntityNotFound",
     "DeletedEntityAccess", "was deleted"),
    ("MATCH (n:Chef) DETACH DELETE n RETURN labels(n)", {}, BAD_REQUEST, "EntityNotFound",
     "DeletedEntityAccess", "was deleted"),
    ("MATCH (n:Chef) DETACH DELETE n CREATE (n)-[:R]->()", {}, BAD_REQUEST, "EntityNotFound",
     "DeletedEntityAccess", "was deleted"),
    ("MATCH (n:Chef) DETACH DELETE n SET n.x = 1", {}, BAD_REQUEST, "EntityNotFound",
     "DeletedEntityAccess", "was deleted"),
    ("WITH $l AS l SET (l[0]).x = 1", {"l": [1]}, MALFORMED, "TypeError", "InvalidArgumentType", "Integer"),
    ("MATCH ()-[r]->() WITH [r, null] AS l SET (head(l)):A", {}, MALFORMED, "TypeError", "InvalidArgumentType", "labels"),
    ("DELETE $x", {"x": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "got a Integer"),
    ("RETURN 1 / 0", {}, "InvalidNumericDataException", "ArithmeticError", "DivisionByZero", "/ by zero"),
    ("RETURN 1 % 0", {}, "InvalidNumericDataException", "ArithmeticError", "DivisionByZero", "/ by zero"),
    ("RETURN 9223372036854775807 + 1", {}, "InvalidNumericDataException", "ArithmeticError",
     "IntegerOverflow", "long overflow"),
    ("RETURN toInteger(1e300)", {}, "InvalidNumericDataException", "ArithmeticError", "IntegerOverflow", "overflow"),
    ("RETURN toInteger(1.0 / 0)", {}, "InvalidNumericDataException", "ArithmeticError", "IntegerOverflow", "inf"),
    ("UNWIND [9223372036854775807, 1] AS x RETURN sum(x)", {}, "InvalidNumericDataException",
     "ArithmeticError", "IntegerOverflow", "long overflow"),
    ("RETURN $x", {"x": 2**63}, "InvalidNumericDataException", "ArithmeticError", "IntegerOverflow", "parameter x"),
    ("RETURN $x", {"x": object()}, MALFORMED, "TypeError", "InvalidArgumentType", "has a object"),
    ("RETURN $y + $x", {"x": 1}, MALFORMED, "ParameterMissing", "MissingParameter",
     "MissingParameter: Expected parameter(s): y"),
    ("RETURN 1 LIMIT $n", {"n": -1}, MALFORMED, "SyntaxError", "NegativeIntegerArgument", "negative"),
    ("RETURN 1 SKIP $n", {"n": 1.5}, MALFORMED, "SyntaxError", "InvalidArgumentType", "Integer"),
    ("RETURN range(0, 1, 0)", {}, "InvalidNumericDataException", "ArgumentError", "NumberOutOfRange", "range"),
    ("RETURN range(0, 1.5)", {}, MALFORMED, "ArgumentError", "InvalidArgumentType", "range"),
    ("RETURN left('abc', -1)", {}, "InvalidNumericDataException", "ArgumentError", "NumberOutOfRange", "left"),
    ("RETURN left('abc', 'x')", {}, MALFORMED, "TypeError", "InvalidArgumentValue", "left"),
    ("RETURN datetime('yesterday')", {}, MALFORMED, "ArgumentError", "InvalidArgumentValue", "yesterday"),
    ("RETURN datetime('2024-13-01')", {}, MALFORMED, "ArgumentError", "InvalidArgumentValue", "2024-13"),
    ("UNWIND [1] AS x RETURN percentileCont(x, 2)", {}, "InvalidNumericDataException", "ArgumentError",
     "NumberOutOfRange", "percentile"),
    ("UNWIND ['a'] AS x RETURN sum(x)", {}, MALFORMED, "TypeError", "InvalidArgumentValue", "sum"),
    ("WITH $m AS m RETURN m['a']", {"m": [1]}, MALFORMED, "TypeError", "ListElementAccessByNonInteger", "index"),
    ("WITH $m AS m RETURN m[1]", {"m": {}}, MALFORMED, "TypeError", "MapElementAccessByNonString", "key"),
    ("WITH $m AS m RETURN m[1]", {"m": 5}, MALFORMED, "TypeError", "InvalidElementAccess", "Integer"),
    ("WITH $m AS m RETURN m['a']", {"m": 5}, MALFORMED, "TypeError", "InvalidElementAccess", "Integer"),
    ("WITH $m AS m RETURN m.a", {"m": 5}, MALFORMED, "TypeError", "InvalidArgumentType", "Integer"),
    ("RETURN [1][1..'a']", {}, MALFORMED, "TypeError", "InvalidArgumentType", "expected Integer"),
    ("WITH $m AS m RETURN m[1..$b]", {"m": [1], "b": "x"}, MALFORMED, "TypeError", "InvalidArgumentType", "slice"),
    ("WITH $m AS m RETURN m[1..2]", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "slice"),
    ("RETURN 1 IN $m", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "List"),
    ("MATCH (n) WHERE n.x IN $m RETURN n", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "List"),
    ("RETURN [x IN $m | x]", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "comprehension"),
    ("RETURN $m AND true", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Boolean"),
    ("RETURN $m OR false", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Boolean"),
    ("RETURN $m XOR false", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Boolean"),
    ("RETURN NOT $m", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Boolean"),
    ("MATCH (n) WHERE $m RETURN n", {"m": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Boolean"),
    ("RETURN $a + $b", {"a": True, "b": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "Boolean + Integer"),
    ("RETURN $a - $b", {"a": "x", "b": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "String - Integer"),
    ("RETURN -$a", {"a": "x"}, MALFORMED, "TypeError", "InvalidArgumentType", "negate"),
    ("WITH $a AS a RETURN a:A", {"a": 1}, MALFORMED, "TypeError", "InvalidArgumentType", "labels"),
    ("WITH [1] AS l MATCH (x)-[r]->(y) WITH l[0] AS r MATCH ()-[r]->() RETURN r", {}, MALFORMED,
     "SyntaxError", "VariableTypeConflict", "int"),
    ("WITH $r AS r MATCH ()-[r]->() RETURN r", {"r": 1}, MALFORMED, "TypeError", "InvalidArgumentValue",
     "Expected a Relationship"),
    ("WITH $r AS r MATCH ()-[r*]->() RETURN r", {"r": 1}, MALFORMED, "TypeError", "InvalidArgumentValue",
     "Expected a List of Relationships"),
    *(
        (f"RETURN {name}($x)", {"x": []}, MALFORMED, "TypeError", "InvalidArgumentValue", "cannot take")
        for name in ("id", "labels", "type", "properties", "keys", "startNode", "endNode", "nodes",
                     "relationships", "length", "toBoolean", "toInteger", "toFloat", "toString",
                     "toUpper", "abs", "sign", "round", "sqrt", "epochmillis")
    ),
    *(
        (f"RETURN {call}", {"x": 1}, MALFORMED, "TypeError", "InvalidArgumentValue", "cannot take")
        for call in ("head($x)", "last($x)", "tail($x)", "reverse($x)", "size($x)", "join($x, ',')",
                     "removeKeyFromMap($x, 'a')", "collSort($x)")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "parameters", "code", "kind", "detail", "text"), RUNTIME)
def test_failures_leave_no_trace(
    query: str, parameters: dict[str, Any], code: str, kind: str, detail: str, text: str
) -> None:
    graph = people()
    before = picture(graph)
    with pytest.raises(CypherError) as caught:
        execute(graph, query, parameters)
    error = caught.value
    assert (error.code, error.kind, error.detail) == (code, kind, detail)
    assert text in error.message
    assert picture(graph) == before


#: (query, text), TypeError at compile time
STATIC_TYPES: list[tuple[str, str]] = [
    ("WITH 1 AS x RETURN x.a", "expected Node, Relationship or Map but was Int"),
    ("WITH 'a' AS x RETURN x[0]", "expected List or Map but was String"),
    ("WITH [1] AS x RETURN x['a']", "expected Integer but was String"),
    ("WITH 1 AS x RETURN x[0..1]", "expected List but was Int"),
]


@pytest.mark.parametrize(("query", "text"), STATIC_TYPES)
def test_types_known_before_running(query: str, text: str) -> None:
    with pytest.raises(CypherError) as caught:
        execute(PropertyGraph(), query)
    assert (caught.value.kind, caught.value.phase) == ("TypeError", "compile time")
    assert text in caught.value.message


STANDARD_ERRORS: list[tuple[str, str, str]] = [
    ("CALL no.such()", "ProcedureError", "ProcedureNotFound"),
    ("RETURN join(['a'], ',')", "SyntaxError", "UnknownFunction"),
    ("CREATE (n {x: [{a: 1}]})", "TypeError", "InvalidPropertyType"),
    ("RETURN 'a' =~ '('", "ArgumentError", "InvalidArgumentValue"),
    ("RETURN date('2020-01-01')", "Unsupported", "Unsupported"),
    ("RETURN date({month: 1})", "Unsupported", "Unsupported"),
    ("RETURN date({year: 2020, day: 1})", "Unsupported", "Unsupported"),
    ("RETURN date({year: 2020, week: 1})", "Unsupported", "Unsupported"),
    ("RETURN date({year: 2020, month: 13})", "ArgumentError", "InvalidArgumentValue"),
    ("RETURN time({hour: 25})", "ArgumentError", "InvalidArgumentValue"),
    ("RETURN time({hour: 1, timezone: 'Europe/Oslo'})", "Unsupported", "Unsupported"),
    ("RETURN duration({days: 1.5})", "Unsupported", "Unsupported"),
    ("RETURN date({year: 2020}) + duration({hours: 1})", "Unsupported", "Unsupported"),
    ("RETURN date({year: 9999}) + duration({years: 1})", "ArithmeticError", "NumberOutOfRange"),
    ("UNWIND [duration({days: 1})] AS d RETURN d ORDER BY d", "Unsupported", "Unsupported"),
    ("CREATE (n {x: duration({days: 1})})", "TypeError", "InvalidPropertyType"),
]


@pytest.mark.parametrize(("query", "kind", "detail"), STANDARD_ERRORS)
def test_standard_dialect(query: str, kind: str, detail: str) -> None:
    with pytest.raises(CypherError) as caught:
        execute(PropertyGraph(), query, options=Options(dialect=STANDARD))
    assert (caught.value.kind, caught.value.detail) == (kind, detail)


@pytest.mark.parametrize("dialect", [STANDARD, NEPTUNE], ids=lambda dialect: dialect.name)
def test_every_exclusion_names_its_source(dialect: Dialect) -> None:
    for exclusion in (*dialect.excluded.values(), *dialect.excluded_functions.values()):
        assert exclusion.construct
        assert exclusion.source.startswith("user guide, ")
