"""The proxy that the environment names for a URL, and whether it may be given the key."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx

from ..config import is_loopback


def proxy_for(url: httpx.URL) -> httpx.Proxy | None:
    """The proxy of the environment for a URL, as `urllib.request` reads it; none for loopback.

    Raises:
        ValueError, httpx.InvalidURL: the environment names a proxy that cannot be used.
    """
    if is_loopback(url.host) or proxy_bypass(url.host) or proxy_bypass(url.netloc.decode("ascii")):
        return None
    found = (proxies := getproxies()).get(url.scheme) or proxies.get("all")
    return httpx.Proxy(found if "://" in found else f"http://{found}") if found else None


def name_of(host: str, port: int | None) -> str:
    """Host and port of a proxy, as a URL has them."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def may_carry_key(url: httpx.URL, *, scheme: str, host: str) -> bool:
    """Whether a proxy at this scheme and host gets requests to `url` encrypted, or is local."""
    return "https" in (url.scheme, scheme) or is_loopback(host)


def refusal(url: httpx.URL, proxy: str, *, is_given: bool) -> str:
    """The error text for a proxy that would get the API key unencrypted."""
    text = (
        f"nothing is sent to {url.host} over plain http through the proxy {proxy}: the proxy would "
        f"get the API key unencrypted. Use an https base URL, or name {url.host} in NO_PROXY"
    )
    other = "make the http_client or transport without that proxy (trust_env=False: without those "
    return f"{text}, or {other}of the environment)" if is_given else text
