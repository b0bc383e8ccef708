"""Fixtures of the whole suite. Every answer that a test gets is held against the model."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

os.environ["AWS_MAX_ATTEMPTS"] = "1"  # botocore retries most of Neptune's errors three times
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
os.environ["AWS_ACCESS_KEY_ID"] = "testing"
os.environ["AWS_SECRET_ACCESS_KEY"] = "testing"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

import boto3
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from moto_neptunedata import Neptune, mock_neptunedata, service_model
from moto_neptunedata.neptunedata import http, serialization
from tests.support.shapes import check_shape

# How long an example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def _models_are_read_once() -> Iterator[None]:
    """moto drops boto3's session before each test, and with it all that botocore has read."""
    load_file = JSONFileLoader.load_file
    read_once = lru_cache(maxsize=None)(lambda path: load_file(JSONFileLoader(), path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda self, path: read_once(path))
        yield


@pytest.fixture(autouse=True)
def _answers_fit_their_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    original = serialization.serialize

    def checked(operation: service_model.Operation, result: Any, request_id: str) -> http.Answer:
        answer = original(operation, result, request_id)
        if operation.payload is None and answer[0] == 200:
            check_shape(operation, json.loads(answer[2]))
        return answer

    monkeypatch.setattr(serialization, "serialize", checked)


@pytest.fixture
def neptune() -> Iterator[Neptune]:
    """An active mock, by its handle."""
    with mock_neptunedata() as handle:
        yield handle


@pytest.fixture
def client(neptune: Neptune) -> Any:
    """A neptunedata client on the default endpoint."""
    client = boto3.client("neptunedata")
    # botocore makes the exception classes when first asked, which two threads must not do at once.
    assert client.exceptions
    return client


@pytest.fixture
def s3(neptune: Neptune) -> Any:
    """An S3 client, with a bucket called ``data``."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="data")
    return s3
