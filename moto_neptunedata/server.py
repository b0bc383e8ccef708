"""Console scripts: moto's server and moto's proxy, with neptunedata in them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .control_api.routes import ROOT
from .hooks import registration

_NEEDS_SERVER = (
    "moto_neptunedata_server needs what moto's server needs: "
    'pip install "moto-neptunedata[server]"'
)

# Where to reach a server that listens on all addresses.
_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def main(argv: Sequence[str] | None = None) -> None:
    """``moto_neptunedata_server [-H host] [-p port] …``: the options are those of moto_server."""
    registration.register()
    try:
        import moto.server  # noqa: PLC0415 - brings moto's server
    except ImportError as error:
        sys.exit(f"{_NEEDS_SERVER}\n({error})")
    registration.hook_server()
    _tell_of_the_page()
    moto.server.main(list(sys.argv[1:] if argv is None else argv))


def _tell_of_the_page() -> None:
    """Have the server tell where the page is when it tells where it runs: only then, where the port
    was left to the system, is it known.
    """
    from werkzeug.serving import BaseWSGIServer  # noqa: PLC0415 - brings moto's server

    plain = BaseWSGIServer.log_startup

    def log_startup(self: BaseWSGIServer) -> None:
        plain(self)
        host = _LOCAL.get(str(self.host), str(self.host))
        scheme = "http" if self.ssl_context is None else "https"
        place = f"[{host}]" if ":" in host else host
        url = f"{scheme}://{place}:{self.port}{ROOT}"
        print(f" * Look at what is in it: {url}", file=sys.stderr, flush=True)

    BaseWSGIServer.log_startup = log_startup  # type: ignore[method-assign]


def proxy_main(argv: Sequence[str] | None = None) -> None:
    """``moto_neptunedata_proxy [-H host] [-p port] …``: the options are those of moto_proxy."""
    registration.register()
    import moto.proxy  # noqa: PLC0415 - brings moto's server

    moto.proxy.main(list(sys.argv[1:] if argv is None else argv))
