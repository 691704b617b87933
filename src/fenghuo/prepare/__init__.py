"""Are we ready? Plan, duty roster, playbooks, templates, training, drills."""

from fenghuo.prepare.links import digest, link
from fenghuo.prepare.room import NewChannel, Prepare, Surroundings
from fenghuo.prepare.roster import chain, check, holes, on_duty, ordered_channels, quiet_until, zone

__all__ = [
    "NewChannel",
    "Prepare",
    "Surroundings",
    "chain",
    "check",
    "digest",
    "holes",
    "link",
    "on_duty",
    "ordered_channels",
    "quiet_until",
    "zone",
]
