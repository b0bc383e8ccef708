"""A moto that has changed: one clear error, or a step aside."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import moto.backends
import pytest
from moto.backend_index import backend_url_patterns

from moto_neptunedata import UnsupportedMotoError
from moto_neptunedata.hooks import registration
from moto_neptunedata.neptunedata.s3 import open_s3_key


def run_python(code: str) -> str:
    """Run code in a fresh interpreter; gives all that it prints."""
    found = subprocess.run(
        [sys.executable, "-W", "always", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
        timeout=60,
    )
    return found.stdout + found.stderr


REMOVED = [
    ("moto.backends", "_import_backend"),
    ("moto.core.models", "botocore_stubber"),
    ("moto.core.models", "MockAWS"),
    ("moto.core.config", "service_whitelisted"),
    ("moto.core.botocore_stubber", "MockRawResponse"),
    ("moto.backend_index", "backend_url_patterns"),
    ("moto.settings", "INITIAL_NO_AUTH_ACTION_COUNT"),
]


@pytest.mark.parametrize(("module", "name"), REMOVED)
def test_a_part_is_gone(module: str, name: str) -> None:
    code = f"""
        import importlib, moto
        module = importlib.import_module({module!r})
        del module.{name}
        try:
            import moto_neptunedata
        except ImportError as error:
            print(type(error).__name__, error)
    """
    shown = run_python(code)
    assert shown.startswith("UnsupportedMotoError moto_neptunedata cannot work with the installed")
    assert name in shown
    assert "Supported is moto 5.0.16 or newer" in shown


def test_a_moto_too_old_is_told_when_it_is_imported_later() -> None:
    code = """
        from moto_neptunedata.hooks import registration

        def parts():
            import moto.core.models
            del moto.core.models.botocore_stubber
            return original()

        original, registration._moto_parts = registration._moto_parts, parts
        try:
            import moto
        except ImportError as error:
            print(type(error).__name__, error)
    """
    assert run_python(code).startswith("UnsupportedMotoError moto_neptunedata cannot work")


def test_without_moto() -> None:
    code = """
        import sys
        sys.modules["moto"] = None
        from moto_neptunedata import mock_neptunedata
        try:
            with mock_neptunedata():
                pass
        except ImportError as error:
            print(error)
    """
    assert "moto" in run_python(code)


def test_steps_aside_for_motos_own() -> None:
    code = """
        import re, moto, moto.backend_index as index
        index.backend_url_patterns.append(("neptunedata", re.compile("https?://neptune-db")))
        before = list(index.backend_url_patterns)
        import moto_neptunedata
        from moto_neptunedata.hooks import registration
        registration.register()
        registration.hook_server()
        print(index.backend_url_patterns == before, registration.is_registered())
        with moto_neptunedata.mock_neptunedata():
            pass
    """
    shown = run_python(code)
    assert "True False" in shown
    assert shown.count("The installed moto mocks neptunedata itself") == 1


def test_registering_again_changes_nothing() -> None:
    before = list(backend_url_patterns)
    registration.register()
    registration.install()
    assert backend_url_patterns == before
    assert [name for name, _ in before].index("neptunedata") == 0
    assert moto.backends.get_backend("sqs").service_name == "sqs"
    assert issubclass(UnsupportedMotoError, ImportError)


def test_what_this_package_needs_of_moto() -> None:
    """Fails first when a new moto moves a private part: read hooks/moto_parts.py."""
    from moto.core.botocore_stubber import BotocoreStubber
    from moto.s3.models import FakeKey

    assert isinstance(backend_url_patterns, list)
    import moto.backend_index
    from moto.core import models

    assert models.backend_index.backend_url_patterns is moto.backend_index.backend_url_patterns
    assert isinstance(models.botocore_stubber, BotocoreStubber)
    key = FakeKey("k", b"abc", "123456789012", "us-east-1")
    assert key._value_buffer.read is not None
    assert open_s3_key(key, ValueError()).read() == b"abc"


def test_an_s3_key_that_keeps_its_bytes_elsewhere() -> None:
    class Key:
        value = b"abc"

    assert open_s3_key(Key(), ValueError()).read() == b"abc"


def test_an_s3_key_that_is_replaced_while_it_is_read() -> None:
    from moto.s3.models import FakeKey

    key = FakeKey("k", b"abc" * 1_000_000, "123456789012", "us-east-1")
    stream = open_s3_key(key, ValueError("changed"))
    assert stream.read(3) == b"abc"
    key.dispose()
    with pytest.raises(ValueError, match="changed"):
        stream.read()
