"""Neptune ML: four kinds of resources, how they depend on each other, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
import pytest
import requests
from freezegun import freeze_time
from moto.moto_api import state_manager

from moto_neptunedata import Neptune
from tests.support.helpers import put
from tests.support.places import (
    PLACES,
    Server,
    elsewhere,
    message,
    reader,
    refused,
)

MODELS = ("mldataprocessing", "mlmodeltraining", "mlmodeltransform", "mlendpoint")
ARN = "arn:aws:sagemaker:us-east-1:123456789012"


@pytest.fixture
def immediate() -> Iterator[None]:
    for model in MODELS:
        state_manager.set_transition(f"neptunedata::{model}", {"progression": "immediate"})
    yield
    for model in MODELS:
        state_manager.unset_transition(f"neptunedata::{model}")


class Kind(NamedTuple):
    """The operations on one kind of resource, what starts one, and its path."""

    start: str
    get: str
    list: str
    end: str
    params: dict[str, Any]
    arn: str
    path: str


PROCESSING = Kind(
    "start_ml_data_processing_job",
    "get_ml_data_processing_job",
    "list_ml_data_processing_jobs",
    "cancel_ml_data_processing_job",
    {"inputDataS3Location": "s3://inputs/data", "processedDataS3Location": "s3://out/data/"},
    "processing-job",
    "/ml/dataprocessing",
)
TRAINING = Kind(
    "start_ml_model_training_job",
    "get_ml_model_training_job",
    "list_ml_model_training_jobs",
    "cancel_ml_model_training_job",
    {"dataProcessingJobId": "dp", "trainModelS3Location": "s3://out/models"},
    "training-job",
    "/ml/modeltraining",
)
TRANSFORM = Kind(
    "start_ml_model_transform_job",
    "get_ml_model_transform_job",
    "list_ml_model_transform_jobs",
    "cancel_ml_model_transform_job",
    {
        "dataProcessingJobId": "dp",
        "mlModelTrainingJobId": "mt",
        "modelTransformOutputS3Location": "s3://out/transforms",
    },
    "transform-job",
    "/ml/modeltransform",
)
ENDPOINTS = Kind(
    "create_ml_endpoint",
    "get_ml_endpoint",
    "list_ml_endpoints",
    "delete_ml_endpoint",
    {"mlModelTrainingJobId": "mt"},
    "endpoint",
    "/ml/endpoints",
)
JOBS = (PROCESSING, TRAINING, TRANSFORM)
KINDS = (*JOBS, ENDPOINTS)
all_kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path[4:])
all_jobs = pytest.mark.parametrize("kind", JOBS, ids=lambda kind: kind.path[4:])


def begin(client: Any, kind: Kind, **params: Any) -> str:
    return str(getattr(client, kind.start)(**{**kind.params, **params})["id"])


def ask(client: Any, kind: Kind, id: str) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(client, kind.get)(id=id)
    answer.pop("ResponseMetadata")
    return answer


def statuses(client: Any, kind: Kind, id: str, count: int = 3) -> list[str]:
    return [ask(client, kind, id)["status"] for _ in range(count)]


def ids(client: Any, kind: Kind, **params: Any) -> list[str]:
    found: list[str] = getattr(client, kind.list)(**params)["ids"]
    return found


@pytest.fixture
def trained(client: Any) -> Any:
    """A client of a cluster with the completed jobs ``dp`` and ``mt``."""
    for kind, id in ((PROCESSING, "dp"), (TRAINING, "mt")):
        begin(client, kind, id=id)
        statuses(client, kind, id)
    return client


# ---------------------------------------------------------------------------- every kind


@all_kinds
def test_start(trained: Any, kind: Kind) -> None:
    with freeze_time("2021-05-14T19:41:17.123Z"):
        answer = getattr(trained, kind.start)(**kind.params, id="mine")
    answer.pop("ResponseMetadata")
    assert answer == {
        "id": "mine",
        "arn": f"{ARN}:{kind.arn}/mine",
        "creationTimeInMillis": 1621021277123,
    }


@all_kinds
def test_life(trained: Any, kind: Kind) -> None:
    first, last = ("Creating", "InService") if kind is ENDPOINTS else ("InProgress", "Completed")
    assert statuses(trained, kind, begin(trained, kind)) == [first, last, last]


@all_kinds
def test_immediate(trained: Any, kind: Kind, immediate: None) -> None:
    last = "InService" if kind is ENDPOINTS else "Completed"
    assert statuses(trained, kind, begin(trained, kind), 1) == [last]


@all_kinds
def test_default_ids(trained: Any, kind: Kind) -> None:
    with freeze_time("2024-01-01"):
        first, second = begin(trained, kind), begin(trained, kind)
    assert first != second
    assert ids(trained, kind)[:2] == [second, first]
    if kind is ENDPOINTS:
        assert (first, second) == ("endpoint-1704067200000", "endpoint-1704067200001")


@all_kinds
def test_a_taken_id(trained: Any, kind: Kind) -> None:
    begin(trained, kind, id="mine")
    text = message(
        getattr(trained, kind.start), "BadRequestException", **{**kind.params, "id": "mine"}
    )
    assert text.endswith("with id mine already")


@all_kinds
def test_list(trained: Any, kind: Kind) -> None:
    made = [begin(trained, kind, id=f"x{number}") for number in range(12)][::-1]
    assert ids(trained, kind) == made[:10]
    assert ids(trained, kind, maxItems=2) == made[:2]
    assert ids(trained, kind, maxItems=1024)[:12] == made
    response = refused(getattr(trained, kind.list), "InvalidParameterException", maxItems=1025)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@all_kinds
def test_asking_for_the_list_moves_nothing(trained: Any, kind: Kind) -> None:
    id = begin(trained, kind)
    for _ in range(3):
        ids(trained, kind)
    assert statuses(trained, kind, id, 1) == ["Creating" if kind is ENDPOINTS else "InProgress"]


@all_kinds
def test_unknown(client: Any, kind: Kind) -> None:
    for name in (kind.get, kind.end):
        response = refused(getattr(client, name), "MLResourceNotFoundException", id="no/1")
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert response["detailedMessage"].endswith("with id no/1")


@all_kinds
def test_without_ml(trained: Any, neptune: Neptune, kind: Kind) -> None:
    neptune.cluster().settings.ml_enabled = False
    for name, params in (
        (kind.start, kind.params),
        (kind.get, {"id": "x"}),
        (kind.list, {}),
        (kind.end, {"id": "x"}),
    ):
        text = message(getattr(trained, name), "BadRequestException", **params)
        assert text == "Neptune ML is not enabled on this cluster"


@all_kinds
def test_roles(trained: Any, neptune: Neptune, kind: Kind) -> None:
    begin(trained, kind, neptuneIamRoleArn="arn:aws:iam::123456789012:role/any")
    neptune.cluster().settings.ml_iam_roles = ("arn:known",)
    begin(trained, kind, id="known", neptuneIamRoleArn="arn:known")
    for name, params in (
        (kind.start, kind.params),
        (kind.get, {"id": "known"}),
        (kind.list, {}),
        (kind.end, {"id": "known"}),
    ):
        params = {**params, "neptuneIamRoleArn": "arn:strange"}
        assert "arn:strange" in message(
            getattr(trained, name), "InvalidParameterException", **params
        )


@all_kinds
@pytest.mark.parametrize("place", PLACES)
def test_elsewhere(trained: Any, kind: Kind, place: str) -> None:
    id = begin(trained, kind, id="mine")
    other = elsewhere(place)
    assert ids(other, kind) == []
    for name in (kind.get, kind.end):
        refused(getattr(other, name), "MLResourceNotFoundException", id=id)
    if kind is PROCESSING:
        begin(other, kind, id="mine")
    else:
        refused(getattr(other, kind.start), "MLResourceNotFoundException", **kind.params)


def test_readers_may(neptune: Neptune) -> None:
    assert ids(reader(), PROCESSING, maxItems=1) == []
    begin(reader(), PROCESSING)


def test_server() -> None:
    server = Server()
    for kind, id in ((PROCESSING, "dp"), (TRAINING, "mt"), (TRANSFORM, "tr"), (ENDPOINTS, "ep")):
        status, body = server.ask("POST", kind.path, {**kind.params, "id": id})
        assert (status, body["id"]) == (200, id)
        assert server.ask("GET", kind.path) == (200, {"ids": [id]})
        told = [server.ask("GET", f"{kind.path}/{id}")[1]["status"] for _ in range(2)]
        assert told[-1] in ("Completed", "InService")
    for kind, id in ((TRANSFORM, "tr"), (ENDPOINTS, "ep")):
        answer = server.ask("DELETE", f"{kind.path}/{id}?clean=true")
        assert answer == (200, {"status": "200 OK"})
    assert server.ask("PUT", "/ml/endpoints")[1]["code"] == "MethodNotAllowedException"


# ---------------------------------------------------------------------------- what get tells


def test_processing(client: Any) -> None:
    begin(client, PROCESSING, id="dp")
    told = ask(client, PROCESSING, "dp")
    url = told["processingJob"].pop("cloudwatchLogUrl")
    assert url.startswith("https://us-east-1.console.aws.amazon.com/cloudwatch/home")
    assert told == {
        "status": "InProgress",
        "id": "dp",
        "processingJob": {
            "name": "dp",
            "arn": f"{ARN}:processing-job/dp",
            "status": "InProgress",
            "outputLocation": "s3://out/data/dp",
        },
    }


def test_training(trained: Any) -> None:
    begin(trained, TRAINING, id="m2")
    told = ask(trained, TRAINING, "m2")
    assert set(told) == {"status", "id", "processingJob", "hpoJob"}
    assert told["hpoJob"]["arn"] == f"{ARN}:hyper-parameter-tuning-job/m2-hpo"
    told = ask(trained, TRAINING, "m2")
    assert told["modelTransformJob"]["status"] == "Completed"
    assert told["mlModels"] == [{"name": "m2-model-0", "arn": f"{ARN}:model/m2-model-0"}]


def test_transform(trained: Any) -> None:
    begin(trained, TRANSFORM, id="tr")
    told = ask(trained, TRANSFORM, "tr")
    assert set(told) == {"status", "id", "baseProcessingJob", "remoteModelTransformJob"}
    told = ask(trained, TRANSFORM, "tr")
    assert told["remoteModelTransformJob"]["outputLocation"] == "s3://out/transforms/tr"
    assert told["models"] == [{"name": "tr-model-0", "arn": f"{ARN}:model/tr-model-0"}]


def test_endpoint(trained: Any) -> None:
    begin(trained, ENDPOINTS, id="ep")
    assert ask(trained, ENDPOINTS, "ep") == {
        "status": "Creating",
        "id": "ep",
        "endpoint": {"name": "ep", "arn": f"{ARN}:endpoint/ep", "status": "Creating"},
        "endpointConfig": {"name": "ep-config", "arn": f"{ARN}:endpoint-config/ep-config"},
    }


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_partitions(neptune: Neptune, region: str, partition: str) -> None:
    client = boto3.client("neptunedata", region_name=region)
    answer = client.start_ml_data_processing_job(**PROCESSING.params, id="dp")
    assert answer["arn"] == f"arn:{partition}:sagemaker:{region}:123456789012:processing-job/dp"


def test_defaults(trained: Any, neptune: Neptune) -> None:
    begin(trained, ENDPOINTS, id="ep", instanceCount=3)
    resources = neptune.cluster().management.ml.resources
    processing = resources("mldataprocessing")["dp"].params
    assert processing["processingTimeOutInSeconds"] == 86_400
    assert processing["configFileName"] == "training-data-configuration.json"
    training = resources("mlmodeltraining")["mt"].params
    assert training["trainingInstanceType"] == "ml.p3.2xlarge"
    assert training["maxHPONumberOfTrainingJobs"] == 2
    endpoint = resources("mlendpoint")["ep"].params
    assert (endpoint["instanceType"], endpoint["instanceCount"]) == ("ml.m5.xlarge", 3)


# ---------------------------------------------------------------------------- dependencies


@pytest.mark.parametrize(
    ("kind", "changed", "code"),
    [
        (PROCESSING, {"previousDataProcessingJobId": "no"}, "MLResourceNotFoundException"),
        (PROCESSING, {"previousDataProcessingJobId": "new"}, "PreconditionsFailedException"),
        (TRAINING, {"dataProcessingJobId": "no"}, "MLResourceNotFoundException"),
        (TRAINING, {"dataProcessingJobId": "new"}, "PreconditionsFailedException"),
        (TRAINING, {"previousModelTrainingJobId": "no"}, "MLResourceNotFoundException"),
        (TRAINING, {"previousModelTrainingJobId": "new"}, "PreconditionsFailedException"),
        (TRANSFORM, {"dataProcessingJobId": "no"}, "MLResourceNotFoundException"),
        (TRANSFORM, {"dataProcessingJobId": "new"}, "PreconditionsFailedException"),
        (TRANSFORM, {"mlModelTrainingJobId": "no"}, "MLResourceNotFoundException"),
        (TRANSFORM, {"mlModelTrainingJobId": "new"}, "PreconditionsFailedException"),
        (TRANSFORM, {"mlModelTrainingJobId": None}, "MissingParameterException"),
        (TRANSFORM, {"trainingJobName": "sm"}, "InvalidParameterException"),
        (
            TRANSFORM,
            {"mlModelTrainingJobId": None, "dataProcessingJobId": None},
            "MissingParameterException",
        ),
        (ENDPOINTS, {"mlModelTrainingJobId": "no"}, "MLResourceNotFoundException"),
        (ENDPOINTS, {"mlModelTrainingJobId": "new"}, "PreconditionsFailedException"),
        (ENDPOINTS, {"mlModelTrainingJobId": None}, "MissingParameterException"),
        (ENDPOINTS, {"mlModelTransformJobId": "new"}, "InvalidParameterException"),
        (
            ENDPOINTS,
            {"mlModelTrainingJobId": None, "mlModelTransformJobId": "new"},
            "PreconditionsFailedException",
        ),
        (ENDPOINTS, {"update": True, "id": "no"}, "MLResourceNotFoundException"),
        (ENDPOINTS, {"update": True}, "MLResourceNotFoundException"),
        (PROCESSING, {"modelType": "other"}, "InvalidParameterException"),
        (PROCESSING, {"processingTimeOutInSeconds": 0}, "InvalidParameterException"),
        (PROCESSING, {"inputDataS3Location": "in"}, "InvalidParameterException"),
        (PROCESSING, {"processedDataS3Location": "http://x/"}, "InvalidParameterException"),
        (TRAINING, {"trainModelS3Location": "x"}, "InvalidParameterException"),
        (TRAINING, {"maxHPONumberOfTrainingJobs": 0}, "InvalidParameterException"),
        (TRANSFORM, {"modelTransformOutputS3Location": "x"}, "InvalidParameterException"),
        (ENDPOINTS, {"modelName": "other"}, "InvalidParameterException"),
        (ENDPOINTS, {"instanceCount": 0}, "InvalidParameterException"),
    ],
)
def test_refusals(trained: Any, kind: Kind, changed: dict[str, Any], code: str) -> None:
    for job in JOBS:
        begin(trained, job, id="new")
    before = ids(trained, kind, maxItems=1024)
    params = {
        name: value for name, value in {**kind.params, **changed}.items() if value is not None
    }
    response = refused(getattr(trained, kind.start), code, **params)
    assert response["detailedMessage"]
    assert ids(trained, kind, maxItems=1024) == before


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (PROCESSING, ["inputDataS3Location", "processedDataS3Location"]),
        (TRAINING, ["dataProcessingJobId", "trainModelS3Location"]),
        (TRANSFORM, ["modelTransformOutputS3Location"]),
    ],
)
def test_missing_members(client: Any, kind: Kind, names: list[str]) -> None:
    url = f"https://neptune-db.us-east-1.amazonaws.com:8182{kind.path}"
    body = requests.post(url, json={}).json()
    assert body["code"] == "MissingParameterException"
    assert body["message"] == f"Missing required parameters: [{', '.join(names)}]"


def test_a_training_job_of_sagemaker(client: Any) -> None:
    answer = client.start_ml_model_transform_job(
        trainingJobName="sm", modelTransformOutputS3Location="s3://out/"
    )
    assert answer["id"]


def test_increments(trained: Any) -> None:
    begin(trained, PROCESSING, previousDataProcessingJobId="dp")
    begin(trained, TRAINING, previousModelTrainingJobId="mt")


def test_an_endpoint_of_a_transform(trained: Any) -> None:
    begin(trained, TRANSFORM, id="tr")
    statuses(trained, TRANSFORM, "tr")
    assert trained.create_ml_endpoint(mlModelTransformJobId="tr")["id"]


@pytest.mark.parametrize(
    ("model_type", "good", "bad"),
    [("heterogeneous", "rgcn", "kge"), ("kge", "transe", "rgcn")],
)
def test_model_names(client: Any, immediate: None, model_type: str, good: str, bad: str) -> None:
    begin(client, PROCESSING, id="dp", modelType=model_type)
    begin(client, TRAINING, id="mt")
    params = {**ENDPOINTS.params, "modelName": bad}
    assert bad in message(client.create_ml_endpoint, "InvalidParameterException", **params)
    client.create_ml_endpoint(**ENDPOINTS.params, modelName=good)


def test_update(trained: Any) -> None:
    begin(trained, ENDPOINTS, id="ep")
    statuses(trained, ENDPOINTS, "ep")
    assert begin(trained, ENDPOINTS, id="ep", update=True, instanceCount=2) == "ep"
    assert statuses(trained, ENDPOINTS, "ep") == ["Updating", "InService", "InService"]
    assert ids(trained, ENDPOINTS) == ["ep"]


# ---------------------------------------------------------------------------- ends


@all_jobs
def test_cancel(trained: Any, kind: Kind) -> None:
    id = begin(trained, kind)
    for _ in range(2):
        answer = getattr(trained, kind.end)(id=id)
        answer.pop("ResponseMetadata")
        assert answer == {"status": "200 OK"}
    assert statuses(trained, kind, id) == ["Stopping", "Stopped", "Stopped"]
    assert id in ids(trained, kind)


@all_jobs
def test_cancel_what_has_ended(trained: Any, kind: Kind) -> None:
    id = begin(trained, kind)
    statuses(trained, kind, id)
    getattr(trained, kind.end)(id=id)
    assert statuses(trained, kind, id, 1) == ["Completed"]


def test_delete_endpoint(trained: Any) -> None:
    begin(trained, ENDPOINTS, id="ep")
    assert trained.delete_ml_endpoint(id="ep", clean=True)["status"] == "200 OK"
    assert ids(trained, ENDPOINTS) == ["ep"]
    assert statuses(trained, ENDPOINTS, "ep", 1) == ["Deleting"]
    refused(trained.get_ml_endpoint, "MLResourceNotFoundException", id="ep")
    assert ids(trained, ENDPOINTS) == []
    begin(trained, ENDPOINTS, id="ep")


@all_jobs
def test_clean(trained: Any, s3: Any, kind: Kind) -> None:
    folder = next(value for name, value in kind.params.items() if value.startswith("s3://out/"))
    prefix = folder.removeprefix("s3://out/").rstrip("/")
    s3.create_bucket(Bucket="out")
    keys = [f"{prefix}/mine/model.tar.gz", f"{prefix}/mine2/model", "other"]
    for key in keys:
        s3.put_object(Bucket="out", Key=key, Body=b"x")
    begin(trained, kind, id="mine")
    getattr(trained, kind.end)(id="mine")
    assert len(s3.list_objects_v2(Bucket="out")["Contents"]) == 3
    getattr(trained, kind.end)(id="mine", clean=True)
    left = [found["Key"] for found in s3.list_objects_v2(Bucket="out")["Contents"]]
    assert left == sorted(keys[1:])


# ---------------------------------------------------------------------------- input in S3


def test_input_that_is_there(client: Any, s3: Any) -> None:
    put("inputs", **{"data__training-data-configuration_json": b"{}", "data__nodes_csv": b""})
    id = begin(client, PROCESSING, configFileName="training-data-configuration.json")
    assert statuses(client, PROCESSING, id, 2)[-1] == "Completed"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        (
            {"inputDataS3Location": "s3://inputs/nothing"},
            "No S3 objects found under s3://inputs/nothing",
        ),
        ({"configFileName": "other.json"}, "There is no other.json under s3://inputs/data"),
    ],
)
def test_input_that_is_not_there(client: Any, s3: Any, params: dict[str, str], reason: str) -> None:
    put("inputs", data__nodes_csv=b"", nothing2=b"")
    id = begin(client, PROCESSING, **params)
    first = ask(client, PROCESSING, id)
    assert "failureReason" not in first["processingJob"]
    told = ask(client, PROCESSING, id)
    assert (told["status"], told["processingJob"]["failureReason"]) == ("Failed", reason)
    params = {**TRAINING.params, "dataProcessingJobId": id}
    assert "Failed" in message(
        client.start_ml_model_training_job, "PreconditionsFailedException", **params
    )
    client.cancel_ml_data_processing_job(id=id)
    assert statuses(client, PROCESSING, id, 1) == ["Failed"]
