"""Snapshots of clusters, and going back to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.cluster import Cluster, ClusterEnvironment, ClusterKey, snapshots
from moto_neptunedata.graph import PropertyGraph, Transaction, values_of
from tests.support.helpers import EDGES, VERTICES, finish, put, start, status

QUADS = "<urn:a> <urn:b> <urn:c> <urn:g> .\n"
ARN = "arn:aws:iam::123456789012:role/x"


def seed(neptune: Neptune, which: Any = None) -> None:
    """Two vertices, an edge and a quad."""
    neptune.cluster(which).load(VERTICES, EDGES)
    neptune.cluster(which).load(QUADS, format="nquads")


def contents(cluster: Any) -> Any:
    """All that a cluster's stores hold. Undoing a removal may bring things back at the end, so
    that order does not count.
    """
    graph = cluster.graph

    def properties(element: Any) -> Any:
        held = element.properties.items()
        return sorted((key, sorted(map(repr, values_of(stored)))) for key, stored in held)

    return (
        sorted((v.id, sorted(v.labels), properties(v)) for v in graph.vertices()),
        sorted((e.id, e.label, e.out_v.id, e.in_v.id, properties(e)) for e in graph.edges()),
        sorted(str(quad) for quad in cluster.rdf),
        [commit.num for commit in graph.log],
        sorted(v.id for v in graph.vertices_by_label("b")),
    )


def change(client: Any) -> None:
    """Change the property graph by both languages."""
    client.execute_open_cypher_query(
        openCypherQuery="MATCH (a {name: 'Ann'}) SET a.age = 31, a:tall CREATE (a)-[:has]->(:pet)"
    )
    client.execute_gremlin_query(gremlinQuery="g.V('v2').drop()")


def test_going_back(neptune: Neptune, client: Any) -> None:
    seed(neptune)
    snapshot = neptune.snapshot()
    before = contents(neptune.cluster())
    assert repr(snapshot) == "<Snapshot: 2 vertices, 1 edges, 1 quads, 0 loader jobs>"
    for _ in range(3):
        change(client)
        neptune.load("<urn:x> <urn:y> <urn:z> .", format="turtle")
        assert contents(neptune.cluster()) != before
        neptune.restore(snapshot)
        assert contents(neptune.cluster()) == before
    counts = client.execute_open_cypher_query(
        openCypherQuery="MATCH (a)-[r:knows]->(b) RETURN a.name, b.name, r.weight"
    )
    assert counts["results"] == [{"a.name": "Ann", "b.name": "Bob", "r.weight": 0.5}]


def test_forth_and_back_again(neptune: Neptune, client: Any) -> None:
    empty = neptune.snapshot()
    seed(neptune)
    seeded, first = neptune.snapshot(), contents(neptune.cluster())
    change(client)
    changed, second = neptune.snapshot(), contents(neptune.cluster())
    neptune.restore(seeded)
    neptune.load("~id\nother\n")
    for snapshot, expected in [(changed, second), (seeded, first), (changed, second)]:
        neptune.restore(snapshot)
        assert contents(neptune.cluster()) == expected
    neptune.restore(empty)
    assert contents(neptune.cluster()) == ([], [], [], [], [])
    neptune.restore(changed)
    assert contents(neptune.cluster()) == second


def test_after_a_reset_and_a_fast_reset(neptune: Neptune, client: Any) -> None:
    seed(neptune)
    snapshot, before = neptune.snapshot(), contents(neptune.cluster())
    neptune.reset()
    assert neptune.graph.vertex_count == 0
    neptune.restore(snapshot)
    assert contents(neptune.cluster()) == before
    token = client.execute_fast_reset(action="initiateDatabaseReset")["payload"]["token"]
    client.execute_fast_reset(action="performDatabaseReset", token=token)
    neptune.restore(snapshot)
    assert contents(neptune.cluster()) == before
    assert client.get_engine_status()["status"] == "healthy"


def test_in_a_later_mock() -> None:
    with mock_neptunedata() as neptune:
        seed(neptune)
        snapshot, before = neptune.snapshot(), contents(neptune.cluster())
    for _ in range(2):
        with mock_neptunedata() as neptune:
            neptune.restore(snapshot)
            assert neptune.graph is snapshot.data.graph, "nothing is copied"
            assert contents(neptune.cluster()) == before
            client = boto3.client("neptunedata")
            change(client)
            put(v_csv=VERTICES)
            assert finish(client, start(client))["overallStatus"]["status"] == "LOAD_COMPLETED"


@pytest.mark.parametrize("place", [{"which": "other"}, {"region": "eu-west-1"}])
def test_into_another_cluster(neptune: Neptune, client: Any, place: Any) -> None:
    seed(neptune)
    neptune.cluster().load(":ID(a),:LABEL\n1,x\n", format="opencypher")
    neptune.cluster().configure(role="reader")
    snapshot, before = neptune.cluster().snapshot(), contents(neptune.cluster())
    other = neptune.cluster(**place)
    other.load("~id\ngone\n")
    other.restore(snapshot)
    assert contents(other) == before
    assert other.settings.role == "reader"
    other.load("~id\nmore\n")
    other.settings.role = "writer"
    mine = neptune.cluster(client)
    assert contents(mine) == before, "the two are apart"
    assert mine.settings.role == "reader"
    other.restore(snapshot)
    assert contents(other) == before


def test_an_elsewhere_held_world_is_copied_once_it_is_taken(neptune: Neptune) -> None:
    seed(neptune)
    snapshot = neptune.cluster().snapshot()
    first = neptune.cluster()
    neptune.reset()
    second = neptune.cluster("second")
    second.restore(snapshot)
    assert second.graph is snapshot.data.graph, "nobody has it now"
    first.restore(snapshot)
    assert first.graph is not second.graph
    assert contents(first) == contents(second)


def test_settings(neptune: Neptune, client: Any) -> None:
    neptune.configure(engine_version="1.4.1.0")
    neptune.cluster().settings.lab_mode["ObjectIndex"] = "enabled"
    snapshot = neptune.snapshot()
    neptune.cluster().configure(engine_version="1.3.0.0", role="reader")
    neptune.cluster().settings.lab_mode["ObjectIndex"] = "disabled"
    for _ in range(2):
        neptune.restore(snapshot)
        told = client.get_engine_status()
        assert (told["dbEngineVersion"], told["role"]) == ("1.4.1.0", "writer")
        assert told["labMode"]["ObjectIndex"] == "enabled"
        neptune.cluster().settings.lab_mode["ObjectIndex"] = "disabled"


def test_loads(neptune: Neptune, client: Any) -> None:
    put(v_csv=VERTICES)
    done = start(client)
    finish(client, done)
    running = start(client, "s3://data/v")
    assert status(client, running) == "LOAD_IN_PROGRESS"
    waiting = start(client, queueRequest=True)
    snapshot = neptune.snapshot()
    for _ in range(2):
        assert finish(client, waiting)["overallStatus"]["status"] == "LOAD_COMPLETED"
        client.get_loader_job_status(loadId=running)
        neptune.restore(snapshot)
        jobs = {job.id: job.status for job in neptune.jobs}
        assert jobs == {
            done: "LOAD_COMPLETED",
            running: "LOAD_IN_PROGRESS",
            waiting: "LOAD_IN_QUEUE",
        }
        assert status(client, done) == "LOAD_COMPLETED"
    client.cancel_loader_job(loadId=running)
    assert status(client, waiting) == "LOAD_IN_PROGRESS"
    assert finish(client, waiting)["overallStatus"]["status"] == "LOAD_COMPLETED"


def test_loads_in_a_later_mock() -> None:
    with mock_neptunedata() as neptune:
        client = boto3.client("neptunedata")
        put(v_csv=VERTICES)
        neptune.next_load(status="LOAD_DATA_DEADLOCK")
        running = start(client)
        snapshot = neptune.snapshot()
    with mock_neptunedata() as neptune:
        neptune.restore(snapshot)
        put(v_csv=VERTICES)
        assert finish(client, running)["overallStatus"]["status"] == "LOAD_DATA_DEADLOCK"
        neptune.next_load(status="LOAD_FAILED")
        ended = finish(client, start(client))
        assert ended["overallStatus"]["status"] == "LOAD_FAILED", "this mock's outcomes count"


def test_statistics_ml_and_rebuilds(neptune: Neptune, client: Any) -> None:
    seed(neptune)
    client.manage_propertygraph_statistics(mode="disableAutoCompute")
    kept = client.start_ml_data_processing_job(
        inputDataS3Location="s3://aaa/", processedDataS3Location="s3://bbb/"
    )["id"]
    snapshot = neptune.snapshot()
    client.manage_propertygraph_statistics(mode="enableAutoCompute")
    client.delete_propertygraph_statistics()
    client.start_ml_data_processing_job(
        inputDataS3Location="s3://aaa/", processedDataS3Location="s3://bbb/"
    )
    client.get_ml_data_processing_job(id=kept)
    client.start_index_rebuild()
    for _ in range(2):
        neptune.restore(snapshot)
        payload = client.get_propertygraph_statistics()["payload"]
        assert (payload["autoCompute"], payload["active"]) == (False, True)
        assert client.list_ml_data_processing_jobs()["ids"] == [kept]
        job = client.get_ml_data_processing_job(id=kept)
        assert job["status"] == "InProgress"
        assert client.list_index_rebuilds()["rebuildIds"] == []
        client.get_ml_data_processing_job(id=kept)


def test_summaries_and_streams_follow(neptune: Neptune, client: Any) -> None:
    seed(neptune)
    snapshot = neptune.snapshot()

    def seen() -> Any:
        summary = client.get_propertygraph_summary()["payload"]["graphSummary"]
        stream = client.get_propertygraph_stream(iteratorType="TRIM_HORIZON", limit=1_000)
        query = neptune.cluster().management.sparql.query("SELECT * {?s ?p ?o}").body
        return summary, stream["records"], query

    before = seen()
    change(client)
    neptune.load("<urn:x> <urn:y> <urn:z> .", format="turtle")
    assert seen() != before
    neptune.restore(snapshot)
    assert seen() == before


def test_id_spaces(neptune: Neptune) -> None:
    neptune.load(":ID(a)\n1\n", format="opencypher")
    one = neptune.snapshot()
    neptune.load(":ID(b)\n1\n2\n", ":ID(a)\n5\n", format="opencypher")
    two, ids = neptune.snapshot(), list(neptune.graph.vertex_ids)
    neptune.restore(one)
    assert list(neptune.graph.vertex_ids) == ["1"]
    neptune.load(":ID(b)\n1\n2\n", ":ID(a)\n5\n", format="opencypher")
    assert list(neptune.graph.vertex_ids) == ids
    neptune.restore(one)
    neptune.restore(two)
    neptune.load(
        ":START_ID(b),:END_ID(a),:TYPE\n1,5,x\n", format="opencypher", user_provided_edge_ids=False
    )
    (edge,) = neptune.graph.edges()
    assert (edge.out_v.id, edge.in_v.id) == ("b-1", "5")


def test_what_is_provoked_stays(neptune: Neptune, client: Any) -> None:
    snapshot = neptune.snapshot()
    neptune.fail_always("GetEngineStatus", "ThrottlingException")
    neptune.restore(snapshot)
    with pytest.raises(client.exceptions.ThrottlingException):
        client.get_engine_status()


def test_quads_of_many_graphs(neptune: Neptune) -> None:
    empty = neptune.snapshot()
    neptune.load(
        "<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> <urn:b> <urn:c> <urn:h> .\n", format="nquads"
    )
    neptune.load("<urn:a> <urn:b> <urn:d> .", format="turtle")
    full, before = neptune.snapshot(), contents(neptune.cluster())
    neptune.restore(empty)
    neptune.restore(full)
    assert set(contents(neptune.cluster())[2]) == set(before[2])


# ---------------------------------------------------------------------------- any history

Step = Callable[[PropertyGraph], None]


def _transact(work: Callable[[Transaction, PropertyGraph], None]) -> Step:
    def step(graph: PropertyGraph) -> None:
        with graph.transaction() as tx:
            work(tx, graph)

    return step


def _add(name: str) -> Step:
    def work(tx: Transaction, graph: PropertyGraph) -> None:
        if graph.vertex(name) is None:
            vertex = tx.add_vertex(name, ["l", name])
            for other in list(graph.vertices())[:2]:
                tx.add_edge(f"{name}-{other.id}-{len(graph.log)}", "e", vertex, other)

    return _transact(work)


def _touch(name: str, value: int) -> Step:
    def work(tx: Transaction, graph: PropertyGraph) -> None:
        vertex = graph.vertex(name)
        if vertex is not None:
            tx.add_value(vertex, "p", value)
            tx.set_property(vertex, "q", value)

    return _transact(work)


def _drop(name: str) -> Step:
    def work(tx: Transaction, graph: PropertyGraph) -> None:
        vertex = graph.vertex(name)
        if vertex is not None:
            tx.remove_vertex(vertex, detach=True)

    return _transact(work)


def _bulk(name: str) -> Step:
    def step(graph: PropertyGraph) -> None:
        ids = [f"{name}{number}-{len(graph.log)}" for number in range(3)]
        if not graph.vertex_ids & set(ids):
            graph.add_vertices(ids, [("b",)] * 3, ("k",), [[1, 2, 3]])

    return step


names = st.sampled_from("abc")
steps = st.one_of(
    st.builds(_add, names),
    st.builds(_touch, names, st.integers(0, 3)),
    st.builds(_drop, names),
    st.builds(_bulk, names),
    st.just("snapshot"),
    st.integers(0, 5),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=25))
def test_any_history(history: list[Any]) -> None:
    reader: Any = None
    cluster = Cluster(
        ClusterKey("123456789012", "us-east-1", "plain"),
        ClusterEnvironment(readers=reader, new_id=lambda: "id"),
    )
    taken: list[tuple[snapshots.Snapshot, Any]] = []
    for step in history:
        if step == "snapshot":
            taken.append((cluster.snapshot(), contents(cluster)))
        elif isinstance(step, int):
            if step < len(taken):
                cluster.restore(taken[step][0])
                assert contents(cluster) == taken[step][1]
        else:
            step(cluster.graph)
    for snapshot, expected in taken:
        cluster.restore(snapshot)
        assert contents(cluster) == expected
