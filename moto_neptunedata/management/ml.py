"""Neptune ML: jobs and endpoints as the Data API tells them; nothing is ever trained.

Requests are mappings by botocore's member names, checked by then for types and required members.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final, Protocol

from ..errors import OUR_CHOICE, ErrorCatalog, NeptuneError
from ..loader.sources import S3Location
from ..settings import ClusterSettings
from .clock import Clock, ClockMaker, Transitions
from .stateful import Stateful

# States that a status call moves on from at once, so that it shows the one after them first.
_SUBMITTED: Final = "Submitted"
_UPDATE_REQUESTED: Final = "UpdateRequested"
_STOP_REQUESTED: Final = "StopRequested"
_DELETE_REQUESTED: Final = "DeleteRequested"

IN_PROGRESS: Final = "InProgress"
COMPLETED: Final = "Completed"
FAILED: Final = "Failed"
STOPPING: Final = "Stopping"
STOPPED: Final = "Stopped"
CREATING: Final = "Creating"
UPDATING: Final = "Updating"
IN_SERVICE: Final = "InService"
DELETING: Final = "Deleting"
_DELETED: Final = "Deleted"

_JOB_ENDS: Final = frozenset((COMPLETED, FAILED, STOPPED))

_STOPPING: Final[Transitions] = ((_STOP_REQUESTED, STOPPING), (STOPPING, STOPPED))
JOB_TRANSITIONS: Final[Transitions] = (
    (_SUBMITTED, IN_PROGRESS),
    (IN_PROGRESS, COMPLETED),
    *_STOPPING,
)
FAILING_TRANSITIONS: Final[Transitions] = (
    (_SUBMITTED, IN_PROGRESS),
    (IN_PROGRESS, FAILED),
    *_STOPPING,
)
ENDPOINT_TRANSITIONS: Final[Transitions] = (
    (_SUBMITTED, CREATING),
    (CREATING, IN_SERVICE),
    (_UPDATE_REQUESTED, UPDATING),
    (UPDATING, IN_SERVICE),
    (_DELETE_REQUESTED, DELETING),
    (DELETING, _DELETED),
)

_SHOWN: Final = {
    _STOP_REQUESTED: STOPPING,
    _UPDATE_REQUESTED: UPDATING,
    _DELETE_REQUESTED: DELETING,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: what its clock and a resource of it are called, how it moves, what it
    shows before the first step, the defaults of its members (botocore's model) and the member that
    says where its artifacts go.
    """

    clock: str
    noun: str
    transitions: Transitions
    first: str
    defaults: Mapping[str, object]
    output: str | None = None

    def __deepcopy__(self, memo: object) -> Kind:
        """Kinds are compared by identity, so that a copy of a resource keeps its own."""
        return self


DATA_PROCESSING: Final = Kind(
    clock="mldataprocessing",
    noun="data processing job",
    transitions=JOB_TRANSITIONS,
    first=IN_PROGRESS,
    defaults={
        "processingInstanceVolumeSizeInGB": 0,
        "processingTimeOutInSeconds": 86_400,
        "configFileName": "training-data-configuration.json",
    },
    output="processedDataS3Location",
)
MODEL_TRAINING: Final = Kind(
    clock="mlmodeltraining",
    noun="model training job",
    transitions=JOB_TRANSITIONS,
    first=IN_PROGRESS,
    defaults={
        "trainingInstanceType": "ml.p3.2xlarge",
        "trainingInstanceVolumeSizeInGB": 0,
        "trainingTimeOutInSeconds": 86_400,
        "maxHPONumberOfTrainingJobs": 2,
        "maxHPOParallelTrainingJobs": 2,
        "enableManagedSpotTraining": False,
    },
    output="trainModelS3Location",
)
MODEL_TRANSFORM: Final = Kind(
    clock="mlmodeltransform",
    noun="model transform job",
    transitions=JOB_TRANSITIONS,
    first=IN_PROGRESS,
    defaults={"baseProcessingInstanceVolumeSizeInGB": 0},
    output="modelTransformOutputS3Location",
)
ENDPOINT: Final = Kind(
    clock="mlendpoint",
    noun="endpoint",
    transitions=ENDPOINT_TRANSITIONS,
    first=CREATING,
    defaults={"instanceType": "ml.m5.xlarge", "instanceCount": 1, "update": False},
)
KINDS: Final = (DATA_PROCESSING, MODEL_TRAINING, MODEL_TRANSFORM, ENDPOINT)

#: The values that these members may have (botocore's model, which gives them in words only).
ALLOWED: Final = {
    "modelType": ("heterogeneous", "kge"),
    "modelName": ("rgcn", "kge", "transe", "distmult", "rotate"),
}
#: The least value of these members: ours.
LEAST: Final = {
    "processingInstanceVolumeSizeInGB": 0,
    "processingTimeOutInSeconds": 1,
    "trainingInstanceVolumeSizeInGB": 0,
    "trainingTimeOutInSeconds": 1,
    "maxHPONumberOfTrainingJobs": 1,
    "maxHPOParallelTrainingJobs": 1,
    "baseProcessingInstanceVolumeSizeInGB": 0,
    "instanceCount": 1,
}
_LOCATIONS: Final = (
    "inputDataS3Location",
    "processedDataS3Location",
    "trainModelS3Location",
    "modelTransformOutputS3Location",
)

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "disabled": (
            "BadRequestException",
            "Neptune ML is not enabled on this cluster",
            OUR_CHOICE,
        ),
        "role": (
            "InvalidParameterException",
            "The IAM role {role} is not listed in the cluster parameter group",
            OUR_CHOICE,
        ),
        "unknown": ("MLResourceNotFoundException", "There is no {noun} with id {id}", OUR_CHOICE),
        "incomplete": (
            "PreconditionsFailedException",
            "The {noun} {id} is not completed: its status is {status}",
            OUR_CHOICE,
        ),
        "duplicate": ("BadRequestException", "There is a {noun} with id {id} already", OUR_CHOICE),
        "missing": (
            "MissingParameterException",
            "Missing required parameters: [{names}]",
            OUR_CHOICE,
        ),
        "both": ("InvalidParameterException", "Only one can be given of {names}", OUR_CHOICE),
        "invalid": (
            "InvalidParameterException",
            "Invalid {name}: {value}. It must be {rule}",
            OUR_CHOICE,
        ),
        "model": (
            "InvalidParameterException",
            "Invalid modelName: {value}. A heterogeneous graph has rgcn, a knowledge graph kge, "
            "transe, distmult or rotate",
            OUR_CHOICE,
        ),
    }
)

#: Why a job fails, as ``failureReason`` tells: ours.
FAILURES: Final = {
    "empty": "No S3 objects found under {uri}",
    "config": "There is no {name} under {uri}",
}


class ArtifactStore(Protocol):
    """The S3 of the cluster's account, as far as it is known."""

    def keys(self, location: S3Location) -> list[str] | None:
        """The keys under a location, None where the bucket is not known."""

    def delete(self, location: S3Location) -> None:
        """Delete all objects under a location, if the bucket is known."""


class UnknownStore:
    """An :class:`ArtifactStore` that knows no bucket."""

    def keys(self, location: S3Location) -> list[str] | None:
        """None."""
        return None

    def delete(self, location: S3Location) -> None:
        """Nothing is deleted."""


@dataclass(eq=False, slots=True)
class MlResource:
    """A job or an endpoint; ``params`` is what it was made with, defaults included."""

    id: str
    kind: Kind
    params: dict[str, Any]
    clock: Clock
    failure: str | None = None
    created_at: int = field(default_factory=lambda: int(time.time() * 1000))

    @property
    def status(self) -> str:
        """As the Data API shows it."""
        status = self.clock.status
        return self.kind.first if status == _SUBMITTED else _SHOWN.get(status, status)

    @property
    def output(self) -> str | None:
        """The URI under which its artifacts are."""
        if self.kind.output is None:
            return None
        return f"{self.params[self.kind.output].rstrip('/')}/{self.id}"


class NeptuneMl(Stateful):
    """The Neptune ML resources of one cluster. Everything raises BadRequestException where ML is
    not enabled and InvalidParameterException for a role that the cluster does not know.
    """

    COPIED = ("_resources",)
    FIXED = (
        *("_account_id", "_region", "_settings", "_store"),
        *("_new_id", "_new_clock", "_lock"),
    )

    def __init__(
        self,
        account_id: str,
        region: str,
        settings: ClusterSettings,
        store: ArtifactStore,
        new_id: Callable[[], str],
        new_clock: ClockMaker,
    ) -> None:
        self._account_id = account_id
        self._region = region
        self._settings = settings
        self._store = store
        self._new_id = new_id
        self._new_clock = new_clock
        self._resources: dict[str, dict[str, MlResource]] = {kind.clock: {} for kind in KINDS}
        self._lock = RLock()

    def resources(self, kind: str) -> Mapping[str, MlResource]:
        """The resources of a kind by their ids, oldest first; ``kind`` is the name of its clock,
        ``"mldataprocessing"`` and the like.
        """
        return self._resources[kind]

    # ------------------------------------------------------------------ starting

    def start_data_processing(self, params: Mapping[str, Any]) -> dict[str, object]:
        """StartMLDataProcessingJob: ``id``, ``arn``, ``creationTimeInMillis``.

        This and all below raise InvalidParameterException for values out of range,
        MLResourceNotFoundException for ids that name nothing, PreconditionsFailedException for jobs
        that are not completed, and BadRequestException for an id that is taken.
        """
        with self._lock:
            self._check(params)
            self._find_completed(DATA_PROCESSING, params.get("previousDataProcessingJobId"))
            job = self._create(DATA_PROCESSING, params, failure=self._find_input_fault(params))
            return self._answer_start(job, "processing-job")

    def start_model_training(self, params: Mapping[str, Any]) -> dict[str, object]:
        """StartMLModelTrainingJob; needs a completed data processing job."""
        with self._lock:
            self._check(params)
            self._find_completed(DATA_PROCESSING, params["dataProcessingJobId"])
            self._find_completed(MODEL_TRAINING, params.get("previousModelTrainingJobId"))
            return self._answer_start(self._create(MODEL_TRAINING, params), "training-job")

    def start_model_transform(self, params: Mapping[str, Any]) -> dict[str, object]:
        """StartMLModelTransformJob; needs a completed data processing and a model training job, or
        the name of a training job in SageMaker, of which nothing is known here.
        """
        pair = ("dataProcessingJobId", "mlModelTrainingJobId")
        with self._lock:
            self._check(params)
            given = [name for name in pair if params.get(name)]
            if params.get("trainingJobName"):
                if given:
                    raise ERRORS.error("both", names=f"trainingJobName and {', '.join(given)}")
            elif len(given) < len(pair):
                missing = [name for name in pair if name not in given]
                raise ERRORS.error("missing", names=", ".join(missing))
            self._find_completed(DATA_PROCESSING, params.get("dataProcessingJobId"))
            self._find_completed(MODEL_TRAINING, params.get("mlModelTrainingJobId"))
            return self._answer_start(self._create(MODEL_TRANSFORM, params), "transform-job")

    def create_endpoint(self, params: Mapping[str, Any]) -> dict[str, object]:
        """CreateMLEndpoint, or with ``update`` the change of one; needs a completed model training
        or model transform job.
        """
        names = ("mlModelTrainingJobId", "mlModelTransformJobId")
        with self._lock:
            self._check(params)
            given = [name for name in names if params.get(name)]
            if not given:
                raise ERRORS.error("missing", names=" or ".join(names))
            if len(given) > 1:
                raise ERRORS.error("both", names=", ".join(names))
            training = self._find_completed(MODEL_TRAINING, params.get("mlModelTrainingJobId"))
            self._find_completed(MODEL_TRANSFORM, params.get("mlModelTransformJobId"))
            self._check_model_name(params.get("modelName"), training)
            if params.get("update"):
                endpoint = self._find(ENDPOINT, params.get("id") or "")
                endpoint.params.update(params)
                endpoint.clock.status = _UPDATE_REQUESTED
            else:
                endpoint = self._create(ENDPOINT, params)
            return self._answer_start(endpoint, "endpoint")

    # ------------------------------------------------------------------ asking

    def get_data_processing(self, params: Mapping[str, Any]) -> dict[str, object]:
        """GetMLDataProcessingJob; this and the other get operations move what they ask for, and
        raise MLResourceNotFoundException.
        """
        job = self._ask(DATA_PROCESSING, params)
        return {
            **_describe(job),
            "processingJob": self._describe_part(job, "processing-job", job.id),
        }

    def get_model_training(self, params: Mapping[str, Any]) -> dict[str, object]:
        """GetMLModelTrainingJob; the model and its transform appear when it is completed."""
        job = self._ask(MODEL_TRAINING, params)
        answer: dict[str, object] = {
            **_describe(job),
            "processingJob": self._describe_part(job, "processing-job", f"{job.id}-processing"),
            "hpoJob": self._describe_part(job, "hyper-parameter-tuning-job", f"{job.id}-hpo"),
        }
        if job.status == COMPLETED:
            answer["modelTransformJob"] = self._describe_part(
                job, "processing-job", f"{job.id}-transform"
            )
            answer["mlModels"] = [self._name_resource("model", f"{job.id}-model-0")]
        return answer

    def get_model_transform(self, params: Mapping[str, Any]) -> dict[str, object]:
        """GetMLModelTransformJob; the models appear when it is completed."""
        job = self._ask(MODEL_TRANSFORM, params)
        answer: dict[str, object] = {
            **_describe(job),
            "baseProcessingJob": self._describe_part(
                job, "processing-job", f"{job.id}-base-processing"
            ),
            "remoteModelTransformJob": self._describe_part(job, "transform-job", job.id),
        }
        if job.status == COMPLETED:
            answer["models"] = [self._name_resource("model", f"{job.id}-model-0")]
        return answer

    def get_endpoint(self, params: Mapping[str, Any]) -> dict[str, object]:
        """GetMLEndpoint."""
        endpoint = self._ask(ENDPOINT, params)
        return {
            **_describe(endpoint),
            "endpoint": {**self._name_resource("endpoint", endpoint.id), "status": endpoint.status},
            "endpointConfig": self._name_resource("endpoint-config", f"{endpoint.id}-config"),
        }

    def ids(self, kind: Kind, params: Mapping[str, Any]) -> list[str]:
        """The ids of the List operations, the newest first, at most ``maxItems`` (10)."""
        with self._lock:
            self._check(params)
            self._forget_deleted()
            return list(reversed(self._resources[kind.clock]))[: params.get("maxItems", 10)]

    # ------------------------------------------------------------------ ending

    def cancel(self, kind: Kind, params: Mapping[str, Any]) -> None:
        """Stop a job; one that has ended stays as it is. ``clean`` deletes its artifacts in S3."""
        with self._lock:
            self._check(params)
            job = self._find(kind, params["id"])
            if job.status not in _JOB_ENDS:
                job.clock.status = _STOP_REQUESTED
            if params.get("clean"):
                self._store.delete(S3Location.parse(f"{job.output}/"))

    def delete_endpoint(self, params: Mapping[str, Any]) -> None:
        """Delete an endpoint; it is gone after it has been seen deleting. An endpoint has no
        artifacts that ``clean`` could delete.
        """
        with self._lock:
            self._check(params)
            self._find(ENDPOINT, params["id"]).clock.status = _DELETE_REQUESTED

    # ------------------------------------------------------------------ inside

    def _check(self, params: Mapping[str, Any]) -> None:
        if not self._settings.ml_enabled:
            raise ERRORS.error("disabled")
        roles = self._settings.ml_iam_roles
        for role in (params.get("neptuneIamRoleArn"), params.get("sagemakerIamRoleArn")):
            if role and roles and role not in roles:
                raise ERRORS.error("role", role=role)
        for name, allowed in ALLOWED.items():
            if params.get(name, allowed[0]) not in allowed:
                rule = f"one of {', '.join(allowed)}"
                raise ERRORS.error("invalid", name=name, value=params[name], rule=rule)
        for name, least in LEAST.items():
            if params.get(name, least) < least:
                raise ERRORS.error(
                    "invalid", name=name, value=params[name], rule=f"at least {least}"
                )
        for name in _LOCATIONS:
            if name in params:
                _parse_location(name, params[name])

    def _check_model_name(self, name: str | None, training: MlResource | None) -> None:
        """A model's name must suit the type that the data was processed for, if that was said."""
        if name is None or training is None:
            return
        processing = self._resources[DATA_PROCESSING.clock].get(
            training.params["dataProcessingJobId"]
        )
        model_type = processing.params.get("modelType") if processing else None
        if model_type is not None and (name == "rgcn") is not (model_type == "heterogeneous"):
            raise ERRORS.error("model", value=name)

    def _find(self, kind: Kind, id: str) -> MlResource:
        self._forget_deleted()
        try:
            return self._resources[kind.clock][id]
        except KeyError:
            raise ERRORS.error("unknown", noun=kind.noun, id=id) from None

    def _find_completed(self, kind: Kind, id: str | None) -> MlResource | None:
        if not id:
            return None
        job = self._find(kind, id)
        if job.status != COMPLETED:
            raise ERRORS.error("incomplete", noun=kind.noun, id=id, status=job.status)
        return job

    def _create(
        self, kind: Kind, params: Mapping[str, Any], failure: str | None = None
    ) -> MlResource:
        self._forget_deleted()
        known = self._resources[kind.clock]
        id = params.get("id") or self._make_default_id(kind)
        if id in known:
            raise ERRORS.error("duplicate", noun=kind.noun, id=id)
        transitions = FAILING_TRANSITIONS if failure else kind.transitions
        clock = self._new_clock(kind.clock, transitions)
        known[id] = MlResource(id, kind, {**kind.defaults, **params}, clock, failure)
        return known[id]

    def _make_default_id(self, kind: Kind) -> str:
        if kind is not ENDPOINT:
            return self._new_id()
        moment = int(time.time() * 1000)
        while (id := f"endpoint-{moment}") in self._resources[kind.clock]:
            moment += 1
        return id

    def _ask(self, kind: Kind, params: Mapping[str, Any]) -> MlResource:
        with self._lock:
            self._check(params)
            resource = self._find(kind, params["id"])
            resource.clock.advance()
            return self._find(kind, params["id"])

    def _forget_deleted(self) -> None:
        endpoints = self._resources[ENDPOINT.clock]
        for id in [id for id, one in endpoints.items() if one.status == _DELETED]:
            del endpoints[id]

    def _find_input_fault(self, params: Mapping[str, Any]) -> str | None:
        """Why SageMaker would not find its input, where the bucket is known."""
        uri = params["inputDataS3Location"]
        folder = f"{uri.rstrip('/')}/"
        location = S3Location.parse(folder)
        keys = self._store.keys(location)
        if keys is None:
            return None
        if not keys:
            return FAILURES["empty"].format(uri=uri)
        name = params.get("configFileName")
        if name and f"{location.prefix}{name}" not in keys:
            return FAILURES["config"].format(uri=uri, name=name)
        return None

    # ------------------------------------------------------------------ telling

    def _answer_start(self, resource: MlResource, arn_type: str) -> dict[str, object]:
        return {
            "id": resource.id,
            "arn": self._make_arn(arn_type, resource.id),
            "creationTimeInMillis": resource.created_at,
        }

    def _describe_part(self, job: MlResource, arn_type: str, name: str) -> dict[str, object]:
        """A resource definition: one SageMaker job that this job consists of."""
        return {
            **self._name_resource(arn_type, name),
            "status": job.status,
            "outputLocation": job.output,
            "failureReason": job.failure if job.status == FAILED else None,
            "cloudwatchLogUrl": (
                f"https://{self._region}.console.aws.amazon.com/cloudwatch/home"
                f"?region={self._region}#logStream:group=/aws/sagemaker/ProcessingJobs;"
                f"prefix={name};streamFilter=typeLogStreamPrefix"
            ),
        }

    def _name_resource(self, arn_type: str, name: str) -> dict[str, object]:
        return {"name": name, "arn": self._make_arn(arn_type, name)}

    def _make_arn(self, arn_type: str, name: str) -> str:
        partition = _find_partition(self._region)
        return f"arn:{partition}:sagemaker:{self._region}:{self._account_id}:{arn_type}/{name}"


def _describe(resource: MlResource) -> dict[str, object]:
    return {"status": resource.status, "id": resource.id}


def _parse_location(name: str, uri: str) -> S3Location:
    try:
        return S3Location.parse(uri)
    except NeptuneError:
        raise ERRORS.error("invalid", name=name, value=uri, rule="an S3 URI") from None


_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def _find_partition(region: str) -> str:
    found = (name for prefix, name in _PARTITIONS.items() if region.startswith(prefix))
    return next(found, "aws")
