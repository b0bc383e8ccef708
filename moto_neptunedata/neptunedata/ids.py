"""Ids of requests, queries, jobs and elements."""

from __future__ import annotations

from moto.moto_api._internal import mock_random


def new_id() -> str:
    """A random UUID that moto's seed and recorder govern."""
    return str(mock_random.uuid4())
