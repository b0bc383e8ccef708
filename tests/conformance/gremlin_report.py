"""Runs TinkerPop's Gremlin scenarios and writes docs/conformance-gremlin.md.

``python -m tests.conformance.gremlin_report``. The data lie outside the project, see ``DATA``.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph import Byte, Float, Int, Short
from moto_neptunedata.gremlin.ast import Predicate
from moto_neptunedata.gremlin.dates import parse_datetime
from moto_neptunedata.gremlin.values import BigInteger

from . import gremlin_adapter as adapter
from .gremlin_adapter import Element, Long, Token

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "conformance"
REPORT = ROOT / "docs" / "conformance-gremlin.md"

#: What Neptune lacks: a reason, and how a scenario shows that it needs it.
EXCLUSIONS: tuple[tuple[str, Callable[[str, set[str]], bool]], ...] = (
    (
        "not a test: the suite marks it as unsupported",
        lambda text, tags: "unsupported test" in text,
    ),
    ("closures are not in the grammar", lambda text, tags: " c[" in text or "Lambda." in text),
    (
        "graph computer",
        lambda text, tags: bool(
            re.search(r"pageRank|peerPressure|connectedComponent|shortestPath\(", text)
        ),
    ),
    ("files (io)", lambda text, tags: ".io(" in text),
    ("services (call)", lambda text, tags: bool(re.search(r"\bcall\(", text))),
    ("meta-properties", lambda text, tags: "@MetaProperties" in tags),
    (
        "list cardinality",
        lambda text, tags: bool(re.search(r"Cardinality\.list|property\(list", text)),
    ),
    (
        "ids of vertex properties are hashes in Neptune, not numbers in order",
        lambda text, tags: "properties().order().id()" in text,
    ),
    ("null as a property value", lambda text, tags: "@AllowNullPropertyValues" in tags),
    (
        "the numbers of Java's random generator",
        lambda text, tags: "sample(Scope.local, 5)" in text and "Seed" in text,
    ),
    ("the grateful graph is not among the data", lambda text, tags: "grateful graph" in text),
)

#: Scenarios that need something of the reference graph which the dialect here has not.
KNOWN_FAILURES: dict[str, str] = {
    "g_V_shortestpath": (
        "TinkerPop's PathRetractionStrategy drops the label `v` before the loop, "
        "because only traversals within `by` and `filter` mention it. So the suite expects a path "
        "of one vertex from each vertex to itself, and lacks the six shortest paths of four "
        "vertices, such as peter, lop, josh, ripple. Here labels stay as long as something reads "
        "them: the six are there, the others are not. All 23 other paths are the same"
    ),
}


class Outcome(NamedTuple):
    """``status`` is ``pass``, ``error``, ``wrong`` or ``excluded``; ``differs`` is also told of
    the excluded ones that were run and gave another answer.
    """

    feature: str
    name: str
    status: str
    detail: str
    differs: bool = False


class Wrong(Exception):
    """The answer is not the one that is due."""


# ------------------------------------------------------------------ graphs


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        held = value["@value"]
        return {"g:Int32": Int, "g:Int64": int, "g:Double": float, "g:Float": Float}[
            value["@type"]
        ](held)
    return value


def read_graph(name: str) -> tuple[list[Any], list[Any]]:
    """Vertices and edges of one of the toy graphs."""
    vertices, edges = [], []
    for line in (DATA / f"tinkerpop-{name}.json").read_text("utf-8").splitlines():
        row = json.loads(line)
        id = str(_typed(row["id"]))
        properties = {
            key: [_typed(each["value"]) for each in values]
            for key, values in row.get("properties", {}).items()
        }
        vertices.append((id, row["label"], properties))
        for label, leaving in row.get("outE", {}).items():
            for edge in leaving:
                held = {key: _typed(each) for key, each in edge.get("properties", {}).items()}
                edges.append((str(_typed(edge["id"])), label, id, str(_typed(edge["inV"])), held))
    edges.sort(key=lambda edge: int(edge[0]))
    return vertices, edges


# ------------------------------------------------------------------ values of the suite

_NUMBER = re.compile(r"d\[(.*)\]\.?([bsilfdmn])?")
_NUMBERS: dict[str, Callable[[str], Any]] = {
    "b": lambda text: Byte(text),
    "s": lambda text: Short(text),
    "i": lambda text: Int(text),
    "l": lambda text: Long(text),
    "n": lambda text: BigInteger(text),
    "f": lambda text: Float(text),
    "d": lambda text: float(text),
    "m": lambda text: Decimal(text),
}


class AnyNumber(float):
    """A number without a type, as JSON has it."""


class Reader:
    """Reads the suite's notation, for the graph that is loaded."""

    def __init__(self) -> None:
        vertices, edges = adapter.dump()
        names = {id: (properties.get("name") or [id])[0] for id, _, properties in vertices}
        self.vertices = {name: id for id, name in names.items()}
        self.edges = {
            f"{names[out_id]}-{label}->{names[in_id]}": id for id, label, out_id, in_id, _ in edges
        }

    def __call__(self, text: str) -> Any:
        for pattern, read in _NOTATION:
            found = pattern.fullmatch(text)
            if found:
                return read(self, *found.groups())
        return text

    def number(self, digits: str, kind: str | None) -> Any:
        if digits in ("NaN", "Infinity", "-Infinity"):
            return float(digits.replace("Infinity", "inf"))
        return _NUMBERS[kind or "i"](digits)

    def vertex(self, name: str) -> Any:
        return Element("vertex", id=self.vertices.get(name, name))

    def vertex_id(self, name: str) -> Any:
        return self.vertices.get(name, name)

    def edge(self, name: str) -> Any:
        return Element("edge", id=self.edges.get(name, name))

    def edge_id(self, name: str) -> Any:
        return self.edges.get(name, name)

    def vertex_property(self, owner: str, key: str, value: str) -> Any:
        return Element(
            "vertex_property", key=key, value=self(value), owner=self.vertices.get(owner, owner)
        )

    def path(self, body: str) -> Any:
        return Element("path", objects=self.items(body))

    def items(self, body: str) -> list[Any]:
        parts, depth, start = [], 0, 0
        if not body:
            return []
        for at, char in enumerate(body):
            depth += (char in "[{") - (char in "]}")
            if char == "," and depth == 0:
                parts.append(body[start:at])
                start = at + 1
        parts.append(body[start:])
        return [self(part) for part in parts]

    def list(self, body: str) -> Any:
        return self.items(body)

    def set(self, body: str) -> Any:
        found = self.items(body)
        try:
            return set(found)
        except TypeError:
            return found

    def map(self, body: str) -> Any:
        try:
            return self.json(json.loads(body))
        except ValueError:
            return self.json(json.loads(body.replace('\\"', '"')))

    def json(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {_hashable(self(key)): self.json(held) for key, held in value.items()}
        if isinstance(value, list):
            return [self.json(each) for each in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return AnyNumber(value)
        return self(value) if isinstance(value, str) else value

    def token(self, name: str) -> Any:
        return Token("T", name)

    def direction(self, name: str) -> Any:
        return Token("Direction", name)

    def merge(self, name: str) -> Any:
        return Token("Merge", name)

    def date(self, text: str) -> Any:
        return parse_datetime(text)

    def text(self, body: str) -> Any:
        return body

    def constant(self, name: str) -> Any:
        return {"null": None, "true": True, "false": False}[name]


def _hashable(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return frozenset(value) if isinstance(value, set) else value


_NOTATION: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), read)
    for pattern, read in (
        (r"d\[(.*)\]\.?([bsilfdmn])?", Reader.number),
        (r"v\[([^\]]*)\]", Reader.vertex),
        (r"v\[([^\]]*)\]\.s?id", Reader.vertex_id),
        (r"e\[(.*)\]", Reader.edge),
        (r"e\[(.*)\]\.s?id", Reader.edge_id),
        (r"vp\[(.*?)-(\w+)->(.*)\]", Reader.vertex_property),
        (r"p\[(.*)\]", Reader.path),
        (r"l\[(.*)\]", Reader.list),
        (r"s\[(.*)\]", Reader.set),
        (r"m\[(.*)\]", Reader.map),
        (r"t\[(.*)\]", Reader.token),
        (r"D\[(.*)\]", Reader.direction),
        (r"M\[(.*)\]", Reader.merge),
        (r"dt\[(.*)\]", Reader.date),
        (r"str\[(.*)\]", Reader.text),
        (r"(null|true|false)", Reader.constant),
    )
)


def same(found: Any, due: Any) -> bool:
    """Whether a value is the one that is due, numbers with their types."""
    if isinstance(due, bool) or isinstance(found, bool) or due is None or found is None:
        return found is due
    if isinstance(due, (int, float, Decimal)):
        return _same_number(found, due)
    if isinstance(due, (list, tuple)):
        return (
            isinstance(found, (list, tuple))
            and len(found) == len(due)
            and all(map(same, found, due))
        )
    if isinstance(due, (set, frozenset)):
        return isinstance(found, (set, frozenset, list)) and same_bag(list(found), list(due))
    if isinstance(due, dict):
        return isinstance(found, dict) and same_bag(list(found.items()), list(due.items()))
    if isinstance(due, Element):
        return (
            isinstance(found, Element)
            and found.element == due.element
            and all(same(vars(found)[key], vars(due)[key]) for key in _parts(due))
        )
    if isinstance(due, Token) or isinstance(found, Token):
        return type(found) is type(due) and found == due
    return type(found) is type(due) and found == due


def _parts(element: Element) -> list[str]:
    return [key for key in vars(element) if not key.startswith("_")]


def _same_number(found: Any, due: Any) -> bool:
    if not isinstance(found, (int, float, Decimal)):
        return False
    kind = int if type(due) is Long else type(due)
    if kind is not AnyNumber and type(found) is not kind:
        return False
    if isinstance(due, float):
        return (
            math.isclose(float(found), due, rel_tol=1e-9)
            or (found != found and due != due)
            or (found == due)
        )
    return bool(found == due)


def same_bag(found: list[Any], due: list[Any]) -> bool:
    """Whether two lists hold the same values in any order."""
    if len(found) != len(due):
        return False
    left = list(due)
    for value in found:
        at = next((at for at, each in enumerate(left) if same(value, each)), None)
        if at is None:
            return False
        del left[at]
    return True


# ------------------------------------------------------------------ scenarios

_DEFINED = re.compile(r'using the parameter (\w+) defined as "(.*)"', re.DOTALL)
_PREDICATE = re.compile(r'using the parameter (\w+) of P\.(\w+)\("(.*)"\)', re.DOTALL)
_COUNT = re.compile(r'the graph should return (\d+) for count of "(.*)"', re.DOTALL)
_RAISES = re.compile(
    r"the traversal will raise an error(?: with message (\w+) text of \"(.*)\")?", re.DOTALL
)


def scenarios() -> list[dict[str, Any]]:
    """All scenarios of the data."""
    found: list[dict[str, Any]] = json.loads((DATA / "gremlin-features.json").read_text("utf-8"))[
        "scenarios"
    ]
    return found


def reason_to_exclude(scenario: dict[str, Any]) -> str | None:
    """Why Neptune cannot do what a scenario needs."""
    text = " ".join(f"{step['text']} {step.get('doc', '')} " for step in scenario["steps"])
    text = text.replace('defined as "c[', " c[")
    tags = set(scenario["tags"])
    return next((reason for reason, needs in EXCLUSIONS if needs(text, tags)), None)


class Runner:
    """Runs one scenario."""

    def __init__(self, graphs: dict[str, Any]) -> None:
        self.graphs = graphs
        self.params: dict[str, str] = {}
        self.predicates: dict[str, tuple[str, str]] = {}
        self.text = ""
        self.error: NeptuneError | None = None
        self.result: list[Any] = []

    def run(self, scenario: dict[str, Any]) -> None:
        """Raises :class:`Wrong`, or the ``NeptuneError`` that was not expected."""
        for step in scenario["steps"]:
            self.step(step["text"], step.get("doc"), step.get("table"))
        if self.error is not None:
            raise self.error

    def step(self, text: str, doc: str | None, table: list[list[str]] | None) -> None:
        defined, predicate = _DEFINED.fullmatch(text), _PREDICATE.fullmatch(text)
        count, raises = _COUNT.fullmatch(text), _RAISES.fullmatch(text)
        if text.endswith(" graph"):
            name = text.split()[1]
            adapter.load(*self.graphs.get(name, ([], [])))
        elif text == "the graph initializer of":
            adapter.run(str(doc), {})
        elif defined:
            self.params[defined[1]] = defined[2]
        elif predicate:
            self.predicates[predicate[1]] = (predicate[2], predicate[3])
        elif text == "the traversal of":
            self.text = str(doc)
        elif text.startswith("iterated"):
            self.iterate(text)
        elif raises:
            self.check_error(raises[1], raises[2])
        elif self.error is not None:
            raise self.error
        elif count:
            found = adapter.run(count[2].replace('\\"', '"'), self.bound())
            if len(found) != int(count[1]):
                raise Wrong(f"{len(found)} instead of {count[1]} for {count[2]}")
        else:
            self.check(text, table)

    def bound(self) -> dict[str, Any]:
        read = Reader()
        closures = [value for value in self.params.values() if value.startswith("c[")]
        if closures:
            raise NeptuneError("MalformedQueryException", "a closure cannot be a value")
        found: dict[str, Any] = {name: read(value) for name, value in self.params.items()}
        for name, (predicate, value) in self.predicates.items():
            found[name] = Predicate(predicate, (read(value),))
        return found

    def iterate(self, text: str) -> None:
        self.reader = Reader()
        try:
            self.result = adapter.run(self.text, self.bound())
        except NeptuneError as problem:
            self.error = problem
        if text == "iterated next" and self.result:
            first = self.result[0]
            if isinstance(first, Element) and first.element == "path":
                first = first.objects  # type: ignore[attr-defined]
            if isinstance(first, dict):
                first = [{key: value} for key, value in first.items()]
            self.result = list(first)

    def check_error(self, how: str | None, text: str | None) -> None:
        if self.error is None:
            raise Wrong(f"no error, but {self.result!r}")
        problem, self.error = self.error, None
        if text is not None and text.lower() not in problem.message.lower():
            raise Wrong(f"the error says {problem.message!r} instead of {text!r}")

    def check(self, text: str, table: list[list[str]] | None) -> None:
        counted = re.fullmatch(r"the result should have a count of (\d+)", text)
        if counted:
            found = self.result
            if len(found) == 1 and isinstance(found[0], dict):
                # "iterated next" of a map counts its entries.
                found = found if len(found) == int(counted[1]) else list(found[0])
            if len(found) != int(counted[1]):
                raise Wrong(f"{len(found)} instead of {counted[1]} results")
            return
        if text == "the result should be empty":
            if self.result:
                raise Wrong(f"{self.result!r} instead of nothing")
            return
        if text.startswith("nothing should happen"):
            return
        read = self.reader
        after = Reader()
        read.vertices.update(after.vertices)
        read.edges.update(after.edges)
        due = [read(row[0]) for row in (table or [])[1:]]
        checks: dict[str, Callable[[], bool]] = {
            "the result should be unordered": lambda: same_bag(self.result, due),
            "the result should be ordered": lambda: same(self.result, due),
            "the result should be of": lambda: all(
                any(same(value, each) for each in due) for value in self.result
            ),
        }
        if not checks[text]():
            raise Wrong(f"{self.result!r} instead of {due!r}")


def run_all() -> list[Outcome]:
    """The outcome of every scenario."""
    graphs = {
        path.stem.split("-")[1]: read_graph(path.stem.split("-")[1])
        for path in sorted(DATA.glob("tinkerpop-*.json"))
    }
    return [run_one(scenario, graphs) for scenario in scenarios()]


def run_one(scenario: dict[str, Any], graphs: dict[str, Any]) -> Outcome:
    """The outcome of one scenario."""
    reason = reason_to_exclude(scenario)
    feature, name = scenario["feature"], scenario["name"]
    if reason == "the grateful graph is not among the data" and "grateful" in graphs:
        reason = None
    unrunnable = reason is not None and ("not a test" in reason or "grateful" in reason)
    if unrunnable:
        return Outcome(feature, name, "excluded", str(reason))
    try:
        Runner(graphs).run(scenario)
    except NeptuneError as problem:
        if reason is not None:
            return Outcome(feature, name, "excluded", reason)
        return Outcome(feature, name, "error", f"{problem.code}: {problem.message}")
    except Wrong as problem:
        status = "wrong" if reason is None else "excluded"
        return Outcome(feature, name, status, reason or str(problem), True)
    return Outcome(feature, name, "excluded" if reason else "pass", reason or "")


def render(outcomes: list[Outcome]) -> str:
    """The report as Markdown."""
    counts = Counter(outcome.status for outcome in outcomes)
    relevant = len(outcomes) - counts["excluded"]
    share = 100 * counts["pass"] / relevant
    lines = [
        "# Conformance: Gremlin",
        "",
        "TinkerPop 3.7's own feature tests, as far as they are at hand, run through",
        "`tests/conformance/gremlin_adapter.py`. Written by",
        "`python -m tests.conformance.gremlin_report`.",
        "",
        f"{len(outcomes)} scenarios, of which {counts['excluded']} need something that Neptune",
        f"does not have. Of the other {relevant}, {counts['pass']} pass ({share:.1f} %),",
        f"{counts['error']} are refused with an error, and {counts['wrong']} answer otherwise.",
        "",
        "| feature | pass | refused | differ | excluded |",
        "|---|---|---|---|---|",
    ]
    for feature in dict.fromkeys(outcome.feature for outcome in outcomes):
        found = Counter(each.status for each in outcomes if each.feature == feature)
        row = (found[status] for status in ("pass", "error", "wrong", "excluded"))
        lines.append(f"| {feature.removesuffix('.feature')} | {' | '.join(map(str, row))} |")
    lines += ["", "## Scenarios that do not pass", ""]
    failing = [each for each in outcomes if each.status in ("error", "wrong")]
    for each in failing:
        reason = KNOWN_FAILURES.get(each.name, each.detail)
        lines.append(f"- `{each.name}` ({each.feature}): {reason}.")
    lines += ["", "## Scenarios that are excluded", ""]
    excluded = [each for each in outcomes if each.status == "excluded"]
    for reason in dict.fromkeys(each.detail for each in excluded):
        names = [f"`{each.name}`" for each in excluded if each.detail == reason]
        lines += [f"**{reason[0].upper()}{reason[1:]}** ({len(names)}): {', '.join(names)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Run all scenarios and write the report."""
    outcomes = run_all()
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(render(outcomes), "utf-8")
    print(dict(Counter(outcome.status for outcome in outcomes)))


if __name__ == "__main__":
    main()
