"""Made-up graphs for the loader's benchmark, the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Iterator

_NAMES = ("Ada", "Alan", "Barbara", "Donald", "Edsger", "Frances", "Grace", "John", "Ken", "Tim")
_CITIES = ("Berlin", "Lima", "Nairobi", "Oslo", "Quito", "Seoul", "Tunis", "Vienna")


def vertex_lines(count: int) -> Iterator[str]:
    """A Gremlin CSV file of ``count`` vertices with four properties."""
    dice = random.Random(1)
    yield "~id,~label,name:String,age:Int,score:Double,city:String"
    for number in range(count):
        name = f"{dice.choice(_NAMES)} {number}"
        score = round(dice.uniform(-100, 100), 6)
        yield f"v{number},person,{name},{dice.randrange(100)},{score},{dice.choice(_CITIES)}"


def edge_lines(count: int, vertices: int) -> Iterator[str]:
    """A Gremlin CSV file of ``count`` edges with two properties between so many vertices."""
    dice = random.Random(2)
    yield "~id,~from,~to,~label,weight:Double,since:Int"
    for number in range(count):
        ends = f"v{dice.randrange(vertices)},v{dice.randrange(vertices)}"
        yield f"e{number},{ends},knows,{round(dice.random(), 6)},{dice.randrange(1990, 2030)}"


def triple_lines(count: int) -> Iterator[str]:
    """An N-Triples file of ``count`` triples."""
    dice = random.Random(3)
    for number in range(count):
        subject = f"<http://example.com/person/{number // 5}>"
        predicate = f"<http://example.com/vocabulary#p{number % 5}>"
        if number % 5 < 3:
            yield f'{subject} {predicate} "value {number} {dice.random()}" .'
        else:
            yield f"{subject} {predicate} <http://example.com/person/{dice.randrange(count)}> ."


def as_bytes(lines: Iterator[str]) -> bytes:
    """The text of a file, each line ended."""
    return "".join(f"{line}\n" for line in lines).encode()
