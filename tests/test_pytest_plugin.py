"""The pytest plug-in, in test runs of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


class Run:
    """A folder with tests, and how a run of them ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, code: str, *arguments: str, **environment: str) -> str:
        (self.folder / "test_it.py").write_text(textwrap.dedent(code))
        found = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "no:randomly",
                "-p",
                "no:cacheprovider",
                "--strict-markers",
                "-q",
                *arguments,
            ],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**os.environ, **environment},
            timeout=100,
        )
        return found.stdout + found.stderr


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return Run(tmp_path)


def test_fixtures(run: Run) -> None:
    told = run("""
        def test_handle(neptune, neptunedata_client):
            neptune.load("~id\\nv\\n")
            query = "MATCH (n) RETURN id(n) AS id"
            found = neptunedata_client.execute_open_cypher_query(openCypherQuery=query)
            assert found["results"] == [{"id": "v"}]
            assert len(neptune.calls) == 1

        def test_each_test_starts_from_nothing(neptune, neptunedata_client):
            assert neptune.clusters() == []
            assert neptunedata_client.meta.region_name == "us-east-1"
    """)
    assert "2 passed" in told, told


def test_marker(run: Run) -> None:
    data = run.folder / "data"
    data.mkdir()
    (data / "v.csv").write_text("~id\nfrom-file\n")
    told = run("""
        from pathlib import Path

        import boto3
        import pytest

        pytestmark = pytest.mark.neptunedata(engine_version="1.4.1.0", streams=False)

        @pytest.mark.neptunedata(role="reader", load=[Path("data/v.csv"), "~id\\nfrom-text\\n"])
        @pytest.mark.neptunedata(load="<urn:a> <urn:b> <urn:c> .", format="turtle")
        def test_settings_and_data(neptune):
            settings = neptune.cluster().settings
            assert (settings.engine_version, settings.role) == ("1.4.1.0", "reader")
            assert not settings.streams
            assert list(neptune.graph.vertex_ids) == ["from-file", "from-text"]
            assert len(neptune.cluster().rdf) == 1

        def test_without_a_fixture():
            client = boto3.client("neptunedata", region_name="us-east-1")
            assert client.get_engine_status()["dbEngineVersion"] == "1.4.1.0"

        @pytest.mark.neptunedata(clusters={"graph": {"role": "reader"}})
        class TestClass:
            @pytest.mark.neptunedata(engine_version="1.3.0.0")
            def test_nearest_counts(self, neptune):
                settings = neptune.cluster("graph").settings
                assert (settings.engine_version, settings.role) == ("1.3.0.0", "reader")
    """)
    assert "3 passed" in told, told


def test_mistakes_in_markers(run: Run) -> None:
    told = run("""
        import pytest

        @pytest.mark.neptunedata(engin_version="1.4.1.0")
        def test_setting():
            pass

        @pytest.mark.neptunedata("1.4.1.0")
        def test_position():
            pass

        @pytest.mark.neptunedata(load="~id,~id\\n")
        def test_data():
            pass
    """)
    assert "Did you mean engine_version" in told
    assert "takes settings by name and data as load=[...], not '1.4.1.0'" in told
    assert "Nothing was loaded, because of errors in the text" in told
    assert "3 errors" in told


def test_a_snapshot_for_the_whole_session(run: Run) -> None:
    told = run("""
        import pytest
        from moto_neptunedata import mock_neptunedata

        @pytest.fixture(scope="session")
        def seeded():
            with mock_neptunedata() as neptune:
                neptune.load("~id\\n" + "".join(f"v{n}\\n" for n in range(1000)))
                return neptune.snapshot()

        @pytest.fixture(autouse=True)
        def data(neptune, seeded):
            neptune.restore(seeded)

        @pytest.mark.parametrize("number", range(3))
        def test_it(neptune, neptunedata_client, number):
            assert neptune.graph.vertex_count == 1000
            neptunedata_client.execute_gremlin_query(gremlinQuery="g.V().limit(10).drop()")
            assert neptune.graph.vertex_count == 990
    """)
    assert "3 passed" in told, told


def test_calls_of_failing_tests(run: Run) -> None:
    told = run("""
        import boto3
        import pytest
        from moto import mock_aws
        from moto_neptunedata import mock_neptunedata

        def test_fixture(neptunedata_client):
            neptunedata_client.list_loader_jobs(limit=1)
            assert 0

        @mock_neptunedata
        def test_decorator():
            boto3.client("neptunedata", region_name="us-east-1").list_loader_jobs(limit=2)
            assert 0

        def test_with():
            with mock_aws():
                boto3.client("neptunedata", region_name="us-east-1").list_loader_jobs(limit=3)
            assert 0

        def test_nothing_was_called():
            assert 0

        def test_passes(neptunedata_client):
            neptunedata_client.list_loader_jobs(limit=4)

        @pytest.fixture
        def failing(neptunedata_client):
            neptunedata_client.list_loader_jobs(limit=5)
            assert 0

        def test_fixture_that_fails(failing):
            pass
    """)
    assert told.count("- neptunedata calls (call) -") == 3, told
    assert told.count("- neptunedata calls (setup) -") == 1
    for number in (1, 2, 3, 5):
        line = f"  ListLoaderJobs(limit={number}) on default in us-east-1 -> ok"
        assert told.count(line) == 1, told
    assert "limit=4) on" not in told
    assert "4 failed, 1 passed, 1 error" in told


def test_ones_own_fixtures_go_first(run: Run) -> None:
    told = run("""
        import pytest

        @pytest.fixture
        def neptune():
            return "mine"

        def test_it(neptune):
            assert neptune == "mine"
    """)
    assert "1 passed" in told, told


def test_it_is_light(run: Run) -> None:
    told = run("""
        import sys

        def test_it():
            heavy = ("moto", "botocore", "boto3", "pyoxigraph", "networkx")
            assert not [name for name in heavy if name in sys.modules]
    """)
    assert "1 passed" in told, told


def test_markers_are_registered(run: Run) -> None:
    assert "@pytest.mark.neptunedata(load=[...], format='csv', **settings)" in run("", "--markers")


def test_region(run: Run) -> None:
    told = run(
        """
        def test_it(neptunedata_client):
            assert neptunedata_client.meta.region_name == "eu-west-1"
        """,
        AWS_DEFAULT_REGION="eu-west-1",
    )
    assert "1 passed" in told, told


def test_in_this_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it once more, where coverage sees it."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "v.csv").write_text("~id\nfrom-file\n")
    code = """
        from pathlib import Path

        import pytest

        @pytest.mark.neptunedata(engine_version="1.4.1.0", load=Path("v.csv"))
        def test_marked(neptune, neptunedata_client):
            assert neptunedata_client.get_engine_status()["dbEngineVersion"] == "1.4.1.0"
            assert list(neptune.graph.vertex_ids) == ["from-file"]

        @pytest.mark.neptunedata(load=["~id\\na\\n"])
        def test_without_a_fixture():
            pass

        @pytest.mark.neptunedata(5)
        def test_wrong():
            pass

        def test_fails(neptunedata_client):
            neptunedata_client.list_loader_jobs()
            assert 0
    """
    (tmp_path / "test_in_process.py").write_text(textwrap.dedent(code))
    options = ("-p", "no:randomly", "-p", "no:cacheprovider", "-q", "--import-mode=importlib")
    ended = pytest.main([str(tmp_path), *options, "--rootdir", str(tmp_path)])
    told = capsys.readouterr().out
    assert ended == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 2 passed, 1 error" in told, told
    assert "neptunedata calls (call)" in told
