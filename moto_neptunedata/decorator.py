"""``mock_neptunedata``: moto's own mock, with this service in it and a handle on its data."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar, overload

from .handle import Neptune
from .hooks import registration
from .settings import configuration

T = TypeVar("T")

#: moto's configuration, with the key ``neptunedata``; moto's own ``DefaultConfig`` is one too.
Config = Mapping[str, Any]

# What moto and unittest run before each test, by which moto decides what a test resets.
_ASYNC_SETUP = "asyncSetUp"
_SETUP_METHODS = ("setUp", "setup", "setup_method", _ASYNC_SETUP)


@overload
def mock_neptunedata(func: T) -> T: ...


@overload
def mock_neptunedata(func: None = None, *, config: Config | None = None) -> MockNeptuneData: ...


def mock_neptunedata(func: Any = None, *, config: Config | None = None) -> Any:
    """Mock the Neptune Data API, together with every service that moto mocks.

    Use it as a decorator, with or without parentheses, on a function, a coroutine function, a
    generator function (a fixture), a class with test methods or a ``unittest.TestCase``; or as a
    context manager, which gives a :class:`Neptune` handle on the clusters::

        @mock_neptunedata
        def test_load(): ...

        with mock_neptunedata() as neptune:
            neptune.load("~id,~label\\nv1,person\\n")

    ``config`` is moto's own (``{"core": {"service_whitelist": [...]}}`` and so on), with one more
    key: ``{"neptunedata": {"role": "reader", "clusters": {"graph": {"strict": True}}}}`` has
    :class:`~moto_neptunedata.settings.ClusterSettings` for all clusters and for single ones.
    Raises ValueError for settings that do not exist or may not have their value.
    """
    mock = MockNeptuneData(config)
    return mock if func is None else mock(func)


class MockNeptuneData:
    """The mock that :func:`mock_neptunedata` gives; it may be nested and used again."""

    def __init__(self, config: Config | None = None) -> None:
        if isinstance(config, Mapping):
            configuration.check_settings(config.get("neptunedata", {}), "config['neptunedata']")
        self._config = config
        self._entered: list[Any] = []

    def __enter__(self) -> Neptune:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, reset: bool = True) -> Neptune:
        """Start mocking, as moto's ``mock_aws().start()``; ``reset`` starts from no data.

        Raises ValueError for a wrong setting in an environment variable.
        """
        configuration.read_environment()
        mock = registration.mock_aws(self._config)
        mock.start(reset=reset)
        self._entered.append(mock)
        return Neptune()

    def stop(self, remove_data: bool = True) -> None:
        """Stop mocking. Raises RuntimeError when it was not started."""
        if not self._entered:
            raise RuntimeError("stop() was called before start()")
        self._entered.pop().stop(remove_data=remove_data)

    def __call__(self, func: T) -> T:
        """Decorate a function, a coroutine function, a generator function or a class."""
        if inspect.isclass(func):
            return self._decorate_class(func)  # type: ignore[return-value]
        for is_kind, decorated in _KINDS:
            if is_kind(func):
                return decorated(self, func, True, True)  # type: ignore[no-any-return]
        raise TypeError(f"mock_neptunedata cannot decorate {func!r}")

    def _decorate_class(self, klass: type) -> type:
        """moto decides what each method resets; coroutine methods, which moto lets run after its
        mock has stopped, are decorated here by the same rules.
        """
        coroutines = {
            name: method
            for name, method in vars(klass).items()
            if inspect.iscoroutinefunction(method) and not name.startswith("_")
        }
        decorated: type = registration.mock_aws(self._config)(klass)
        has_setup = _has_setup(klass)
        for name, method in coroutines.items():
            is_test = name.startswith("test") and not has_setup
            reset = is_test or name == _ASYNC_SETUP
            setattr(decorated, name, _decorate_coroutine(self, method, reset, is_test))
        return decorated


def _has_setup(klass: type) -> bool:
    """Whether a class or one that it inherits from, unittest's own aside, sets its tests up."""
    bases = [base for base in klass.__mro__ if base.__module__.partition(".")[0] != "unittest"]
    return any(name in vars(base) for base in bases for name in _SETUP_METHODS)


def _decorate_coroutine(
    mock: MockNeptuneData, func: Callable[..., Awaitable[Any]], reset: bool, remove_data: bool
) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(func)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _active(mock, reset, remove_data):
            return await func(*args, **kwargs)

    return wrapper


def _decorate_generator(
    mock: MockNeptuneData, func: Callable[..., Iterator[Any]], reset: bool, remove_data: bool
) -> Callable[..., Iterator[Any]]:
    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with _active(mock, reset, remove_data):
            yield from func(*args, **kwargs)

    return wrapper


def _decorate_function(
    mock: MockNeptuneData, func: Callable[..., Any], reset: bool, remove_data: bool
) -> Callable[..., Any]:
    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _active(mock, reset, remove_data):
            return func(*args, **kwargs)

    return wrapper


@contextmanager
def _active(mock: MockNeptuneData, reset: bool, remove_data: bool) -> Iterator[None]:
    mock.start(reset=reset)
    try:
        yield
    finally:
        mock.stop(remove_data=remove_data)


_KINDS: tuple[tuple[Callable[[Any], bool], Callable[..., Any]], ...] = (
    (inspect.iscoroutinefunction, _decorate_coroutine),
    (inspect.isgeneratorfunction, _decorate_generator),
    (callable, _decorate_function),
)
