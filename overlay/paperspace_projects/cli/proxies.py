"""The proxy that the environment has requests go through: told where the server is not reached."""

from __future__ import annotations

import os
from urllib.parse import urlsplit


def proxy_hint(base_url: str) -> str | None:
    """What to do about the proxy on the way to a server; None where there is none.

    A user name and a password of the proxy's are not shown.
    """
    from urllib.request import getproxies, proxy_bypass  # only once something has failed

    server = urlsplit(base_url)
    proxies = getproxies()
    if proxy_bypass(server.hostname or ""):
        return None
    for scheme in (server.scheme, "all"):
        if proxies.get(scheme):
            return (
                f"{_source(scheme)} sends requests through a proxy{_place(proxies[scheme])}: see "
                "whether it is the right one, and whether it answers"
            )
    return None


def _source(scheme: str) -> str:
    """The variable that names the proxy; of two, the one in small letters counts."""
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    return next((name for name in names if os.environ.get(name)), "the system")


def _place(proxy: str) -> str:
    """Where a proxy is; nothing if that cannot be told apart from a password."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return ""
    if not parts.hostname or "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return ""
    return f" ({parts.hostname}{port})"
