"""The documents: what is generated is up to date, links lead somewhere, statements hold."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import boto3
import pytest

import moto_neptunedata
from moto_neptunedata import Neptune, service_model
from moto_neptunedata.neptunedata.responses import implemented_operations
from tests.support.helpers import ROLE, VERTICES, finish, put, start, status

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REGENERATE = "run: python docs/coverage.py"

#: Pages that others write and that may come after the links to them.
PENDING: tuple[str, ...] = ()

#: The pages whose links and facts are looked at here.
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/index.md",
    "docs/architecture.md",
    "docs/async.md",
    "docs/fidelity.md",
    "docs/iam.md",
    "docs/loader.md",
    "docs/moving-from-a-fake.md",
    "docs/operations.md",
    "docs/server.md",
    "examples/README.md",
)


def text(page: str) -> str:
    """A page, without what is in fences."""
    whole = (ROOT / page).read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", whole, flags=re.MULTILINE | re.DOTALL)


# ---------------------------------------------------------------------------- generated


def coverage() -> ModuleType:
    """docs/coverage.py as a module."""
    spec = importlib.util.spec_from_file_location("docs_coverage", DOCS / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_operations_are_up_to_date() -> None:
    """docs/operations.md and the figures of the README; a botocore of another age may differ."""
    module = coverage()
    listed = set(re.findall(r"^\| `\w+` \| (\w+) \|", text("docs/operations.md"), re.MULTILINE))
    missing = set(implemented_operations()) - listed
    assert not missing, f"docs/operations.md lacks {sorted(missing)}; {REGENERATE}"
    if listed != set(service_model.operations()):
        pytest.skip("the installed botocore has other operations than docs/operations.md")
    shown = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert shown == module.render(), f"docs/operations.md is out of date; {REGENERATE}"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == module.with_figures(readme), f"README.md is out of date; {REGENERATE}"


def test_every_operation_is_in_one_area() -> None:
    module = coverage()
    areas = {name for name, _ in module.AREAS}
    found = {module.area_of(operation.path) for operation in service_model.operations().values()}
    assert found == areas
    assert module.area_of("/system") == module.area_of("/status") == "Engine"


def test_figures() -> None:
    module = coverage()
    done, total = len(implemented_operations()), len(service_model.operations())
    marks = "<!-- coverage -->{}<!-- /coverage -->"
    assert module.with_figures(marks.format("1 of 2")) == marks.format(f"{done} of {total}")
    assert module.with_figures(marks.format("1")) == marks.format(done)


# ---------------------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    whole = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", whole, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", PAGES)
def test_links(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        found = ((ROOT / page).parent / name).resolve() if name else ROOT / page
        if found.relative_to(ROOT).as_posix() in PENDING and not found.exists():
            continue
        assert found.exists(), f"{page}: {target} is not there"
        if anchor:
            assert anchor in anchors(found), f"{page}: {target} has no such heading"


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_named_paths_exist(page: str) -> None:
    """Each path in backticks is there, from the root or from the package."""
    named = set(re.findall(r"`([\w./-]+(?:/|\.(?:py|txt|md|yaml)))`", text(page)))
    assert len(named) > 15
    for path in sorted(named):
        places = [ROOT / path, ROOT / "moto_neptunedata" / path]
        is_pending = places[1].relative_to(ROOT).as_posix() in PENDING
        assert is_pending or any(place.exists() for place in places), f"{page}: {path}"


def test_index_names_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        if page.name != "index.md":
            assert f"({page.name})" in index, page.name


def test_the_reference_names_what_is_there() -> None:
    """The pages of docs/sphinx/api, from which the site's reference is made of docstrings."""
    rest = "\n".join(page.read_text() for page in sorted((DOCS / "sphinx" / "api").glob("*.rst")))
    named = re.findall(r"^\.\. auto(?:class|exception|function):: ([\w.]+)$", rest, re.MULTILINE)
    assert len(named) > 15
    for name in named:
        module, _, attribute = name.rpartition(".")
        assert getattr(importlib.import_module(module), attribute).__doc__, name
    public = {f"moto_neptunedata.{name}" for name in moto_neptunedata.__all__}
    assert public - set(named) == {"moto_neptunedata.__version__"}


# ---------------------------------------------------------------------------- fidelity

ORIGINS = {"documented", "observed", "our choice"}


def test_fidelity_tables() -> None:
    """Each row tells its origin, its source where there is one, and a place that exists."""
    rows = re.findall(r"^\|(.+)\|$", text("docs/fidelity.md"), re.MULTILINE)
    behaviours = [row.split(" | ") for row in rows if set(row.split(" | ")[1:2]) - {"---"}]
    found = [cells for cells in behaviours if len(cells) == 4 and cells[1] != "origin"]
    assert len(found) > 80
    for behaviour, origin, source, where in found:
        assert set(origin.split(", ")) <= ORIGINS, behaviour
        assert origin == "our choice" or source.strip() not in ("", "–"), behaviour
        for place in re.findall(r"`([^`]+)`", where):
            module, _, name = place.partition(": ")
            path = ROOT / "moto_neptunedata" / f"{module}.py"
            assert path.exists(), f"{behaviour}: {place}"
            for part in filter(None, name.split(".")):
                assert re.search(rf"\b{re.escape(part)}\b", path.read_text()), f"{place}"


# ---------------------------------------------------------------------------- fakes


@pytest.fixture
def _data(s3: Any) -> None:
    put(v_csv=VERTICES)


class World(NamedTuple):
    """What a mistake is made with."""

    client: Any
    neptune: Neptune


def load(world: World, **parameters: Any) -> dict[str, Any]:
    """Start a load with these parameters and follow it; gives the last payload."""
    return finish(world.client, start(world.client, **parameters), details=True, errors=True)


def started(world: World, **parameters: Any) -> Any:
    """The raw answer of a start."""
    needed = {"source": "s3://data/", "format": "csv", "s3BucketRegion": "us-east-1"}
    return world.client.start_loader_job(**{**needed, "iamRoleArn": ROLE, **parameters})


def plain_status(world: World) -> Any:
    """The payload of a status that asks for nothing."""
    return world.client.get_loader_job_status(loadId=start(world.client))["payload"]


def second_start(world: World) -> None:
    start(world.client)
    start(world.client)


def cancel_the_ended(world: World) -> None:
    load_id = start(world.client)
    finish(world.client, load_id)
    world.client.cancel_loader_job(loadId=load_id)


def start_on_a_reader(world: World) -> None:
    host = "g.cluster-ro-abc.us-east-1.neptune.amazonaws.com"
    start(boto3.client("neptunedata", endpoint_url=f"https://{host}:8182"))


def write_on_a_reader(world: World) -> None:
    host = "g.cluster-ro-abc.us-east-1.neptune.amazonaws.com"
    reader = boto3.client("neptunedata", endpoint_url=f"https://{host}:8182")
    reader.execute_open_cypher_query(openCypherQuery="CREATE (:person)")


#: The beginning of a row of the page; what a user does; the error, and what its text holds.
REFUSED: tuple[tuple[str, Callable[[World], Any], str, str], ...] = (
    (
        '`boto3.client("neptune")',
        lambda world: boto3.client("neptune").start_loader_job,  # type: ignore[attr-defined]
        "AttributeError",
        "start_loader_job",
    ),
    (
        '`boto3.client("neptune-data")`',
        lambda world: boto3.client("neptune-data"),  # type: ignore[call-overload]
        "UnknownServiceError",
        "neptune-data",
    ),
    (
        '`region="us-east-1"`',
        lambda world: started(world, region="us-east-1"),
        "ParamValidationError",
        "region",
    ),
    (
        '`failOnError="TRUE"`',
        lambda world: started(world, failOnError="TRUE"),
        "ParamValidationError",
        "failOnError",
    ),
    (
        "`iamRoleArn=None`",
        lambda world: started(world, iamRoleArn=None),
        "ParamValidationError",
        "iamRoleArn",
    ),
    (
        '`mode="LOAD"`',
        lambda world: started(world, mode="LOAD"),
        "InvalidParameterException",
        "Invalid mode: LOAD",
    ),
    (
        '`format="open_cypher"`',
        lambda world: started(world, format="open_cypher"),
        "InvalidParameterException",
        "Invalid format: open_cypher",
    ),
    (
        '`format="gremlin"`',
        lambda world: started(world, format="gremlin"),
        "InvalidParameterException",
        "Invalid format: gremlin",
    ),
    (
        '`format="parquet"`',
        lambda world: started(world, format="parquet"),
        "InvalidParameterException",
        "Invalid format: parquet",
    ),
    (
        "`list_loader_jobs(loadId=…)`",
        lambda world: world.client.list_loader_jobs(loadId="any"),
        "ParamValidationError",
        "loadId",
    ),
    (
        "`list_loader_jobs(limit=1000)`",
        lambda world: world.client.list_loader_jobs(limit=1000),
        "InvalidParameterException",
        "between 1 and 100",
    ),
    (
        "`execute_gremlin_query(GremlinQuery=…)`",
        lambda world: world.client.execute_gremlin_query(GremlinQuery="g.V()"),
        "ParamValidationError",
        "gremlinQuery",
    ),
    (
        '`parameters={"age": 18}`',
        lambda world: world.client.execute_open_cypher_query(
            openCypherQuery="RETURN $age", parameters={"age": 18}
        ),
        "ParamValidationError",
        "parameters",
    ),
    ('`answer["loadId"]`', lambda world: started(world)["loadId"], "KeyError", "loadId"),
    (
        '`payload["feedCount"]["LOAD_COMPLETED"]`',
        lambda world: plain_status(world)["feedCount"]["LOAD_COMPLETED"],
        "TypeError",
        "list",
    ),
    ('`payload["errors"]`', lambda world: plain_status(world)["errors"], "KeyError", "errors"),
    (
        '`payload["failedFeeds"]`',
        lambda world: plain_status(world)["failedFeeds"],
        "KeyError",
        "failedFeeds",
    ),
    ("a second `start_loader_job`", second_start, "BadRequestException", "Limit is 1"),
    (
        "cancelling in a `finally`",
        cancel_the_ended,
        "BulkLoadIdNotFoundException",
        "does not exist or not active",
    ),
    (
        "a bucket or prefix",
        lambda world: started(world, source="s3://data/peeple"),
        "BadRequestException",
        "does not exist/not reachable",
    ),
    (
        "`s3BucketRegion` that is not",
        lambda world: started(world, s3BucketRegion="eu-west-1"),
        "BadRequestException",
        "Bucket is not in provided Region",
    ),
    ("writing through the reader", start_on_a_reader, "MethodNotAllowedException", "replica"),
    ("writing through the reader", write_on_a_reader, "ReadOnlyViolationException", "read-only"),
)


def row(beginning: str) -> str:
    """The row of the page about fakes that begins so."""
    lines = text("docs/moving-from-a-fake.md").splitlines()
    (found,) = [line for line in lines if line.startswith(f"| {beginning}")]
    return found


@pytest.mark.usefixtures("_data")
@pytest.mark.parametrize(
    ("beginning", "mistake", "error", "said"),
    REFUSED,
    ids=[f"{beginning}-{error}" for beginning, _, error, _ in REFUSED],
)
def test_mistakes_that_are_refused(
    client: Any,
    neptune: Neptune,
    beginning: str,
    mistake: Callable[[World], Any],
    error: str,
    said: str,
) -> None:
    assert f"`{error}`" in row(beginning)
    with pytest.raises(Exception, match=re.escape(said)) as caught:
        mistake(World(client, neptune))
    assert type(caught.value).__name__ == error
    for quoted in re.findall(rf"`{error}`, `([^`]+)`", row(beginning)):
        assert quoted in str(caught.value)


def not_found(world: World) -> None:
    try:
        world.client.cancel_loader_job(loadId="any")
    except world.client.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "BulkLoadIdNotFoundException"
    else:
        raise AssertionError("it was found")


def records(world: World) -> None:
    put(bucket="one", v_csv=b"~id,~label,name,team\nann,person,Ann,red\n")
    assert load(world, source="s3://one/")["overallStatus"]["totalRecords"] == 3


def gremlin(world: World) -> None:
    plain = "application/vnd.gremlin-v3.0+json;types=false"
    ask = world.client.execute_gremlin_query
    typed = ask(gremlinQuery="g.inject('x')")["result"]["data"]
    assert typed == {"@type": "g:List", "@value": ["x"]}
    assert ask(gremlinQuery="g.inject('x')", serializer=plain)["result"]["data"] == ["x"]


def cancelled(world: World) -> None:
    load_id = start(world.client)
    world.client.cancel_loader_job(loadId=load_id)
    assert status(world.client, load_id) == "LOAD_CANCELLED_BY_USER"
    put(bucket="bad", a_csv=b"~id,age:Int\na,n/a\n", b_csv=b"~id\nb\n")
    assert load(world, source="s3://bad/")["overallStatus"]["status"] == (
        "LOAD_CANCELLED_DUE_TO_ERRORS"
    )


def queued(world: World) -> None:
    running = start(world.client)
    waiting = start(world.client, queueRequest=True)
    assert status(world.client, waiting) == "LOAD_IN_QUEUE"
    finish(world.client, running)
    assert world.neptune.jobs[1].status == "LOAD_NOT_STARTED"


def fail_on_error(world: World) -> None:
    put(bucket="bad", a_csv=b"~id,age:Int\nann,30\nbob,n/a\n")
    payload = load(world, source="s3://bad/", failOnError=False)
    assert payload["overallStatus"]["status"] == "LOAD_FAILED"
    assert world.neptune.graph.vertex("ann") is not None


def again(world: World) -> None:
    assert load(world)["overallStatus"]["totalRecords"] > 0
    assert load(world)["overallStatus"]["totalRecords"] == 0
    assert load(world, mode="NEW")["overallStatus"]["totalRecords"] > 0


def dependent(world: World) -> None:
    put(bucket="bad", a_csv=b"~id,age:Int\na,n/a\n")
    failed = start(world.client, "s3://bad/")
    finish(world.client, failed)
    child = start(world.client, dependencies=[failed])
    assert status(world.client, child) == "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"


def prefix(world: World) -> None:
    body = b"~id\n%s\n"
    put(bucket="bee", people__a_csv=body % b"a", **{"people-old_csv": body % b"b"})
    load(world, source="s3://bee/people")
    assert set(world.neptune.graph.vertex_ids) == {"a", "b"}


def lonely_edge(world: World) -> None:
    put(bucket="lonely", e_csv=b"~id,~from,~to\ne1,x,y\n")
    payload = load(world, source="s3://lonely/")
    (log,) = payload["errors"]["errorLogs"]
    assert log["errorCode"] == "FROM_OR_TO_VERTEX_ARE_MISSING"
    assert world.neptune.graph.edge_count == 0


def not_a_number(world: World) -> None:
    put(bucket="bad", a_csv=b"~id,age:Int\nann,n/a\nbob,40\n")
    payload = load(world, source="s3://bad/")
    assert payload["overallStatus"]["datatypeMismatchErrors"] == 1
    assert world.neptune.graph.vertex("bob") is None


def two_values(world: World) -> None:
    world.neptune.load("~id,age:Int\nx,1\n")
    world.neptune.load("~id,age:Int\nx,2\n")
    world.neptune.load("~id,size:Int(single)\nx,1\n")
    world.neptune.load("~id,size:Int(single)\nx,2\n", update_single_cardinality_properties=True)
    vertex = world.neptune.graph.vertex("x")
    assert vertex is not None
    assert vertex.properties == {"age": (1, 2), "size": 2}


#: The beginning of a row of the page, and what shows that it is true.
SHOWN: tuple[tuple[str, Callable[[World], None]], ...] = (
    ('`error.response["Error"]["Code"]', not_found),
    ("`totalRecords` taken for", records),
    ("Gremlin results taken for", gremlin),
    ("polling until `LOAD_CANCELLED`", cancelled),
    ("`LOAD_IN_QUEUE` taken for", queued),
    ("waiting for `LOAD_COMPLETED`", fail_on_error),
    ("loading the same source again", again),
    ("a load after a failed one", dependent),
    ("`s3://b/people` meant as", prefix),
    ("edges whose vertices", lonely_edge),
    ("`age:Int` with `n/a`", not_a_number),
    ("a vertex property loaded again", two_values),
)


@pytest.mark.usefixtures("_data")
@pytest.mark.parametrize(("beginning", "check"), SHOWN, ids=[name for name, _ in SHOWN])
def test_mistakes_that_show(
    client: Any, neptune: Neptune, beginning: str, check: Callable[[World], None]
) -> None:
    assert row(beginning)
    check(World(client, neptune))


def test_every_row_about_fakes_is_tried() -> None:
    lines = text("docs/moving-from-a-fake.md").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "| mistake" not in line]
    tried = {row(beginning) for beginning, *_ in (*REFUSED, *SHOWN)}
    assert set(rows) - tried == set()


@pytest.mark.usefixtures("_data")
def test_the_request_of_a_job_shows_its_parameters(client: Any, neptune: Neptune) -> None:
    start(client, mode="NEW")
    request = neptune.jobs[0].request
    assert (request.mode, request.fail_on_error, request.source) == ("NEW", True, "s3://data/")
    assert json.dumps(request.parser_configuration) == "{}"
