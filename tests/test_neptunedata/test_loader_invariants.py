"""What holds for the loads of a cluster in whatever order they are asked, by however many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.loader import LoadJob
from moto_neptunedata.loader.loader import MAX_QUEUE
from tests.support.helpers import ROLE, VERTICES, finish, put, start

pytestmark = pytest.mark.slow

ACTIVE = ("LOAD_IN_QUEUE", "LOAD_NOT_STARTED", "LOAD_IN_PROGRESS")
PARAMETERS = {
    "source": "s3://data/",
    "format": "csv",
    "s3BucketRegion": "us-east-1",
    "iamRoleArn": ROLE,
}


class Loads(RuleBasedStateMachine):
    """Start, poll, list and cancel at random; the invariants are checked after each step."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_neptunedata()
        self.neptune = self.mock.start()
        put(v_csv=VERTICES)
        put(bucket="bad", x_csv=b"~id,age:Int\nv1,old\n")
        self.client: Any = boto3.client("neptunedata")
        self.client.list_loader_jobs()
        self.ended: dict[str, str] = {}
        self.begun: list[str] = []
        self.started: list[str] = []

    def teardown(self) -> None:
        self.mock.stop()

    @property
    def jobs(self) -> list[LoadJob]:
        return self.neptune.jobs

    @rule(
        target=ids,
        queue=st.booleans(),
        bad=st.booleans(),
        dependencies=st.lists(ids | st.just("unknown"), max_size=2),
    )
    def start(self, queue: bool, bad: bool, dependencies: list[str]) -> Any:
        before = [job.status for job in self.jobs]
        busy = any(status in ACTIVE for status in before)
        waiting = before.count("LOAD_IN_QUEUE")
        parameters: dict[str, Any] = {**PARAMETERS, "mode": "NEW", "queueRequest": queue}
        if bad:
            parameters["source"] = "s3://bad/"
        try:
            answer = self.client.start_loader_job(dependencies=dependencies, **parameters)
        except self.client.exceptions.BadRequestException:
            assert (busy and not queue) or waiting == MAX_QUEUE
            assert [job.status for job in self.jobs] == before
            return "refused"
        assert not busy or queue
        load_id = answer["payload"]["loadId"]
        assert load_id not in self.started
        self.started.append(load_id)
        return load_id

    @rule(load_id=ids, details=st.booleans(), errors=st.booleans())
    def poll(self, load_id: str, details: bool, errors: bool) -> None:
        if load_id == "refused":
            with pytest.raises(self.client.exceptions.BulkLoadIdNotFoundException):
                self.client.get_loader_job_status(loadId=load_id)
            return
        self.client.get_loader_job_status(loadId=load_id, details=details, errors=errors)

    @rule(load_id=ids)
    def cancel(self, load_id: str) -> None:
        before = {job.id: job.status for job in self.jobs}
        try:
            self.client.cancel_loader_job(loadId=load_id)
        except self.client.exceptions.BulkLoadIdNotFoundException:
            assert before.get(load_id) not in ACTIVE
            assert {job.id: job.status for job in self.jobs} == before
        else:
            assert before[load_id] in ACTIVE
            (job,) = (job for job in self.jobs if job.id == load_id)
            assert job.status == "LOAD_CANCELLED_BY_USER"

    @rule(load_id=consumes(ids))
    def poll_to_the_end(self, load_id: str) -> None:
        if load_id != "refused":
            finish(self.client, load_id)

    @rule()
    def list(self) -> None:
        before = [job.status for job in self.jobs]
        listed = self.client.list_loader_jobs()["payload"]["loadIds"]
        assert sorted(listed) == sorted(self.started)[:100]
        assert [job.status for job in self.jobs] == before

    @invariant()
    def at_most_one_runs_and_none_waits_without(self) -> None:
        statuses = [job.status for job in self.jobs]
        running = statuses.count("LOAD_NOT_STARTED") + statuses.count("LOAD_IN_PROGRESS")
        assert running == (1 if any(status in ACTIVE for status in statuses) else 0)
        assert statuses.count("LOAD_IN_QUEUE") <= MAX_QUEUE

    @invariant()
    def no_id_is_lost(self) -> None:
        assert [job.id for job in self.jobs] == self.started

    @invariant()
    def terminal_statuses_never_change(self) -> None:
        now = {job.id: job.status for job in self.jobs}
        for load_id, status in self.ended.items():
            assert now[load_id] == status
        self.ended = {id: status for id, status in now.items() if status not in ACTIVE}

    @invariant()
    def first_come_first_served(self) -> None:
        for job in self.jobs:
            if job.start_time and job.id not in self.begun:
                self.begun.append(job.id)
        places = [self.started.index(load_id) for load_id in self.begun]
        assert places == sorted(places)


TestLoads = Loads.TestCase
TestLoads.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_32_threads_on_one_cluster(neptune: Neptune) -> None:
    put(v_csv=VERTICES)
    clients = [boto3.client("neptunedata") for _ in range(32)]

    def work(number: int) -> tuple[list[str], list[str]]:
        client = clients[number]
        mine, cancelled = [], []
        for step in range(4):
            try:
                load_id = start(client, queueRequest=True, mode="NEW")
            except client.exceptions.BadRequestException as error:
                assert "queue size limit" in str(error)
                continue
            mine.append(load_id)
            client.list_loader_jobs()
            client.get_loader_job_status(loadId=load_id)
            if step % 2:
                try:
                    client.cancel_loader_job(loadId=load_id)
                except client.exceptions.BulkLoadIdNotFoundException:
                    pass
                else:
                    cancelled.append(load_id)
        return mine, cancelled

    with ThreadPoolExecutor(32) as pool:
        done = list(pool.map(work, range(32)))
    ids = [load_id for mine, _ in done for load_id in mine]
    assert len(set(ids)) == len(ids)
    assert {job.id for job in neptune.jobs} == set(ids)
    for load_id in ids:
        finish(clients[0], load_id)
    found = {job.id for job in neptune.jobs if job.status == "LOAD_CANCELLED_BY_USER"}
    assert found == {load_id for _, cancelled in done for load_id in cancelled}
    assert all(job.status == "LOAD_COMPLETED" for job in neptune.jobs if job.id not in found)
    assert neptune.graph.vertex_count == 2
