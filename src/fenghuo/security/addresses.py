"""Which addresses may be dialled, and how those that people type are read."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from fenghuo.domain.errors import BadInput

_TRANSLATED = IPv6Network("64:ff9b::/96")
_SHUT = (
    # Deprecated, yet still routed inside some companies: site-local addresses.
    ip_network("fec0::/10"),
    # Protocol assignments and the relays of 6to4: whoever is near answers, not one known machine.
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
)
_OURS = ("localhost", "local", "internal", "lan", "home.arpa", "intranet")


class Rule:
    """Which addresses may be dialled."""

    def __init__(self, allow_private: bool | Sequence[str] = False) -> None:
        """`allow_private`: all, none, or a list of hosts, addresses and networks (10.0.0.0/8)."""
        self._all = allow_private is True
        self._hosts: set[str] = set()
        self._networks = []
        for entry in [] if isinstance(allow_private, bool) else allow_private:
            try:
                self._networks.append(ip_network(entry.strip(), strict=False))
            except ValueError:
                self._hosts.add(_name_of(entry))

    def permits(self, host: str, address: str) -> bool:
        """Whether this address of this host may be dialled."""
        found = ip_address(address.partition("%")[0])
        return (
            self._all
            or _public(found)
            or _name_of(host) in self._hosts
            or any(found in network for network in self._networks)
        )

    def permits_name(self, host: str) -> bool:
        """What can be said of a host that a proxy will resolve."""
        name = _name_of(host)
        try:
            # Also the forms that only resolvers know: 127.1, 0x7f000001, 2130706433.
            address = socket.inet_ntoa(socket.inet_aton(name)) if ":" not in name else name
            return self.permits(host, address)
        except (OSError, ValueError):
            ours = any(name == end or name.endswith(f".{end}") for end in _OURS)
            return self._all or name in self._hosts or not ours


def _public(address: IPv4Address | IPv6Address) -> bool:
    """Whether everyone on the internet means the same machine by it."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo:
            inner = address.teredo[1]
        if inner:
            return _public(inner)
    shut = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not shut and not any(address in net for net in _SHUT)


def _name_of(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def read_url(url: str, schemes: set[str]) -> httpx.URL:
    """An address as it was typed; BadInput when it has no host or none of these schemes."""
    try:
        found = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise BadInput(
            "sources.address_wrong", str(error), schemes="/".join(sorted(schemes))
        ) from error
    if found.scheme not in schemes or not found.host:
        raise BadInput("sources.address_wrong", found.scheme, schemes="/".join(sorted(schemes)))
    return found


def read_proxy(proxy: str) -> httpx.Proxy:
    """An HTTP or SOCKS5 proxy as it was typed; BadInput when it is none."""
    with suppress(ValueError, httpx.InvalidURL):
        found = httpx.Proxy(proxy.strip())
        if found.url.host and found.url.scheme in {"http", "https", "socks5", "socks5h"}:
            return found
    raise BadInput("sources.proxy_wrong")


def port_of(url: httpx.URL) -> int:
    """The port that an address names, or the usual one of its scheme."""
    return url.port or {"http": 80, "https": 443}.get(url.scheme, 1080)
