"""How people are told: the channels' way out, and who stands in when nobody is on duty."""

from collections.abc import Callable
from datetime import datetime

from fenghuo.channels.apprise import Services
from fenghuo.channels.robots import Robots
from fenghuo.channels.switchboard import Switchboard
from fenghuo.config import Config
from fenghuo.domain.duty import Person
from fenghuo.security.access import Access
from fenghuo.security.egress import Egress


def switchboard(config: Config, now: Callable[[], datetime]) -> Switchboard:
    """All families of channels; `now` is real time. Robots go out by the egress rule and proxy.

    The others open their own connections, so their host is checked before each send.
    """
    way = Egress(now, allow_private=config.private, proxy=config.proxy)
    return Switchboard([Robots(way, now), Services(way.check_host, now)])


def owners(access: Access, workspace: str) -> list[Person]:
    """The owners of a workspace as people who can be told, by name."""
    found = [m.person for m in access.members(workspace) if "owner" in m.roles]
    return [
        Person(p.id, p.name, language=p.language, time_zone=p.time_zone)
        for p in sorted(found, key=lambda p: p.name)
    ]
