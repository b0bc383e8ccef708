"""Settings of clusters: where they come from, and what they may be."""

from __future__ import annotations

from typing import Any

import boto3
import moto
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.settings import ClusterSettings, configuration

GRAPH = "https://graph.cluster-abc.us-east-1.neptune.amazonaws.com:8182"


def version(client: Any = None, **how: Any) -> str:
    """The engine version that a cluster tells."""
    client = client or boto3.client("neptunedata", **how)
    return str(client.get_engine_status()["dbEngineVersion"])


# ---------------------------------------------------------------------------- sources


def test_config() -> None:
    own = {"engine_version": "1.3.0.0", "role": "reader"}
    settings = {"engine_version": "1.4.1.0", "streams": False, "clusters": {"graph": own}}
    with mock_neptunedata(config={"neptunedata": settings}) as neptune:
        assert (version(), version(endpoint_url=GRAPH)) == ("1.4.1.0", "1.3.0.0")
        graph = neptune.cluster("graph").settings
        assert (graph.role, graph.streams) == ("reader", False)
    with mock_neptunedata():
        assert version() == "1.5.0.0"
    with moto.mock_aws(config={"neptunedata": {"engine_version": "1.4.1.0"}}):  # type: ignore[typeddict-unknown-key]
        assert version() == "1.4.1.0"


def test_decorator_config() -> None:
    @mock_neptunedata(config={"neptunedata": {"role": "reader"}})
    def told() -> str:
        return str(boto3.client("neptunedata").get_engine_status()["role"])

    assert told() == "reader"


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "ENGINE_VERSION": "1.4.0.0",
        "STREAMS": "off",
        "SERVERLESS": "Yes",
        "QUERY_TIMEOUT_MS": "5000",
        "LAB_MODE": '{"ObjectIndex": "enabled"}',
        "ML_IAM_ROLES": "arn:a, arn:b",
    }
    for name, text in given.items():
        monkeypatch.setenv(f"MOTO_NEPTUNEDATA_{name}", text)
    with mock_neptunedata() as neptune:
        settings = neptune.cluster().settings
        assert configuration.find_changes(settings) == {
            "engine_version": "1.4.0.0",
            "streams": False,
            "serverless": True,
            "query_timeout_ms": 5_000,
            "lab_mode": {"ObjectIndex": "enabled"},
            "ml_iam_roles": ("arn:a", "arn:b"),
        }
    monkeypatch.setenv("MOTO_NEPTUNEDATA_ML_IAM_ROLES", '["arn:c"]')
    with mock_neptunedata(config={"neptunedata": {"engine_version": "1.4.6.3"}}) as neptune:
        assert version() == "1.4.6.3", "what the mock says goes before the environment"
        assert neptune.cluster().settings.ml_iam_roles == ("arn:c",)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("ENGINE", "1", "no setting 'engine'.*Known are: .*engine_version"),
        ("ROLE", "both", "MOTO_NEPTUNEDATA_ROLE: Setting role must be one of 'writer', 'reader'"),
        ("STREAMS", "maybe", "must be True or False, not 'maybe'"),
        ("QUERY_TIMEOUT_MS", "soon", "must be a whole number, not 'soon'"),
        ("LAB_MODE", "{", "must be a mapping of texts"),
        ("ML_IAM_ROLES", "[", "must be a list of texts"),
    ],
)
def test_wrong_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, complaint: str
) -> None:
    monkeypatch.setenv(f"MOTO_NEPTUNEDATA_{name}", text)
    with pytest.raises(ValueError, match=complaint):
        mock_neptunedata().start()
    with pytest.raises(ValueError, match=complaint):
        configuration.read_environment()


def test_handle_and_cluster(neptune: Neptune, client: Any) -> None:
    assert version(client) == "1.5.0.0"
    neptune.configure(engine_version="1.4.1.0", streams=False)
    assert version(client) == "1.4.1.0"
    assert version(endpoint_url=GRAPH) == "1.4.1.0", "also of clusters that come later"
    neptune.cluster("graph").configure(engine_version="1.3.0.0")
    assert (version(endpoint_url=GRAPH), version(client)) == ("1.3.0.0", "1.4.1.0")
    requests.post("http://motoapi.amazonaws.com/moto-api/reset")
    assert version(client) == "1.5.0.0"


# ---------------------------------------------------------------------------- mistakes

WRONG = [
    ({"engin_version": "1"}, "no setting 'engin_version'. Did you mean engine_version"),
    ({"engine_version": "latest"}, "a version like \"1.4.1.0\", not 'latest'"),
    ({"engine_version": 1.4}, "engine_version must be a text, not 1.4"),
    ({"role": "master"}, "one of 'writer', 'reader', not 'master'"),
    ({"statistics": None}, "one of 'live', 'frozen', not None"),
    ({"streams": 1}, "streams must be True or False, not 1"),
    ({"query_timeout_ms": True}, "query_timeout_ms must be a whole number, not True"),
    ({"query_timeout_ms": 0}, "query_timeout_ms must be between 1 and 2147483647, not 0"),
    ({"streams_expiry_days": 0}, "streams_expiry_days must be between 1 and"),
    ({"instance_class": "r6g"}, 'a class like "db.r6g.4xlarge"'),
    ({"lab_mode": {"a": 1}}, "lab_mode must be a mapping of texts"),
    ({"ml_iam_roles": "arn"}, "ml_iam_roles must be a list of texts"),
]


@pytest.mark.parametrize(("given", "text"), WRONG)
def test_wrong_settings(neptune: Neptune, given: dict[str, Any], text: str) -> None:
    settings = neptune.cluster().settings
    (name,) = given
    for change in (
        lambda: neptune.configure(strict=True, **given),
        lambda: neptune.cluster().configure(strict=True, **given),
        lambda: setattr(settings, name, given[name]),
        lambda: mock_neptunedata(config={"neptunedata": given}),
        lambda: ClusterSettings(**given),
    ):
        with pytest.raises((ValueError, TypeError), match=text if change else ""):
            change()  # type: ignore[no-untyped-call]
        if name == "engin_version":
            break
    assert configuration.find_changes(settings) == {}


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ("role", r"config\['neptunedata'\] must be a mapping of settings, not 'role'"),
        ({"roles": 1}, r"no setting in config\['neptunedata'\] 'roles'. Did you mean role"),
        ({"clusters": ["a"]}, "clusters must map names to settings"),
        ({"clusters": {"a": {"clusters": {}}}}, "clusters cannot hold clusters"),
        ({"clusters": {"a": {"rôle": 1}}}, r"\['clusters'\]\['a'\] 'rôle'"),
    ],
)
def test_wrong_config(config: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        mock_neptunedata(config={"neptunedata": config})


def test_wrong_config_of_moto_itself() -> None:
    wrong: Any = {"neptunedata": {"roles": 1}}
    with moto.mock_aws(config=wrong), pytest.raises(ValueError, match="Did you mean role"):
        version()


# ---------------------------------------------------------------------------- strict


@pytest.fixture
def strict() -> Any:
    """A mock in which only clusters of moto's neptune service can be reached."""
    with mock_neptunedata(config={"neptunedata": {"strict": True}}) as neptune:
        yield neptune


def create(name: str = "graph", region: str = "us-east-1") -> str:
    """Make a cluster; gives its endpoint."""
    control = boto3.client("neptune", region_name=region)
    made = control.create_db_cluster(DBClusterIdentifier=name, Engine="neptune")
    return f"https://{made['DBCluster']['Endpoint']}:8182"


@pytest.mark.parametrize("endpoint", [None, GRAPH, "http://localhost:8182"])
def test_endpoints_of_no_cluster(strict: Neptune, endpoint: str | None) -> None:
    client = boto3.client("neptunedata", endpoint_url=endpoint)
    with pytest.raises(EndpointConnectionError) as told:
        client.list_loader_jobs()
    assert str(told.value).startswith('Could not connect to the endpoint URL: "http')
    assert "create_db_cluster(DBClusterIdentifier=" in str(told.value)
    assert strict.clusters() == []
    (call,) = strict.calls
    assert (call.outcome, call.status) == ("UnknownEndpoint", 0)


def test_endpoints_of_a_cluster(strict: Neptune) -> None:
    client = boto3.client("neptunedata", endpoint_url=create())
    assert client.list_loader_jobs()["payload"]["loadIds"] == []
    assert version(endpoint_url=GRAPH) == "1.3.2.1", "of this name, wherever it says it is"
    with pytest.raises(EndpointConnectionError, match=r"us-west-1 of account.*there: none"):
        version(endpoint_url=GRAPH.replace("us-east-1", "us-west-1"))
    with pytest.raises(EndpointConnectionError, match="there: graph"):
        version(endpoint_url=GRAPH.replace("graph", "grape"))
    boto3.client("neptune").delete_db_cluster(DBClusterIdentifier="graph", SkipFinalSnapshot=True)
    with pytest.raises(EndpointConnectionError):
        client.list_loader_jobs()


def test_retried_as_a_host_that_does_not_resolve(
    strict: Neptune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    client = boto3.client("neptunedata", config=Config(retries={"mode": "standard"}))
    with pytest.raises(EndpointConnectionError):
        client.list_loader_jobs()
    assert strict.calls.last.attempts == 3


def test_requests_users_and_the_handle(strict: Neptune) -> None:
    with pytest.raises(requests.ConnectionError, match="there is no Neptune cluster 'graph'"):
        requests.get(f"{GRAPH}/status")
    with pytest.raises(LookupError, match="there is no Neptune cluster 'graph'"):
        strict.cluster("graph")
    create()
    assert requests.get(f"{GRAPH}/status").status_code == 200
    assert strict.cluster("graph").settings.strict


def test_through_moto_when_it_records(strict: Neptune, tmp_path: Any) -> None:
    from moto.moto_api import recorder

    recorder.start_recording()
    try:
        with pytest.raises(EndpointConnectionError, match="there is no Neptune cluster"):
            version()
    finally:
        recorder.stop_recording()
        recorder.reset_recording()


def test_strict_for_single_clusters(neptune: Neptune, client: Any) -> None:
    neptune.cluster("graph").configure(strict=True)
    with pytest.raises(EndpointConnectionError):
        version(endpoint_url=GRAPH)
    assert version(client) == "1.5.0.0"
