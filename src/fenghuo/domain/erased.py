"""The name under which a post that was removed on request is still known, so that it stays out."""

from hashlib import sha256

REMOVED, AGED = "erased", "aged"
"""The marks of a post whose words went: on request, or by age."""


def erased_name(workspace: str, platform: str, native: str) -> str:
    """What stands in place of a post's id on its platform, which may name its author."""
    parts = "\0".join(("fenghuo removed 1", workspace, platform, native))
    return "removed-" + sha256(parts.encode()).hexdigest()
