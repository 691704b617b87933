"""Are we ready? Plan, duty roster, playbooks, templates, training, drills."""

from fenghuo.prepare.roster import (
    chain,
    check,
    holes,
    on_duty,
    ordered_channels,
    quiet_until,
    zone,
)

__all__ = ["chain", "check", "holes", "on_duty", "ordered_channels", "quiet_until", "zone"]
