"""The proxy that the environment names, for errors where the server is not reached."""

from __future__ import annotations

import os
from urllib.parse import urlsplit


def proxy_hint(base_url: str) -> str | None:
    """Return what to check about the proxy on the way to a server; None without a proxy.

    The proxy's user name and password are not shown.
    """
    from urllib.request import getproxies, proxy_bypass  # needed after a failure only

    server = urlsplit(base_url)
    proxies = getproxies()
    if proxy_bypass(server.hostname or ""):
        return None
    for scheme in (server.scheme, "all"):
        if proxies.get(scheme):
            names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())  # the lower-case one wins
            source = next((name for name in names if os.environ.get(name)), "the system")
            return (
                f"{source} sends requests through a proxy{_address(proxies[scheme])}: check "
                "that it is the right one, and that it answers"
            )
    return None


def _address(proxy: str) -> str:
    """Return the host and port of a proxy; nothing if they cannot be told from a password."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return ""
    if not parts.hostname or "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return ""
    return f" ({parts.hostname}{port})"
