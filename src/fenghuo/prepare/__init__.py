"""Are we ready? Plan, duty roster, playbooks, templates, training, drills."""

from fenghuo.prepare.channels import Surroundings
from fenghuo.prepare.demo import first_day, known_events, outbreak, story
from fenghuo.prepare.demo_script import Script, script_of
from fenghuo.prepare.links import digest, link
from fenghuo.prepare.room import Prepare
from fenghuo.prepare.roster import chain, check, holes, on_duty, ordered_channels, quiet_until, zone

__all__ = [
    "Prepare",
    "Script",
    "Surroundings",
    "chain",
    "check",
    "digest",
    "first_day",
    "holes",
    "known_events",
    "link",
    "on_duty",
    "ordered_channels",
    "outbreak",
    "quiet_until",
    "script_of",
    "story",
    "zone",
]
