"""What the preparing room keeps: the duty list, channels, wake tests, and what changed in them."""

from typing import Protocol

from fenghuo.domain.duty import ChannelAddress, Duty, WakeTest


class PrepareStore(Protocol):
    """The preparing room's part of one transaction."""

    def save_duty(self, duty: Duty) -> None:
        """Insert or rewrite a duty."""
        ...

    def remove_duty(self, workspace: str, duty: str) -> bool:
        """Forget a duty; False when the workspace has none of this id."""
        ...

    def duty(self, workspace: str, duty: str, *, to_change: bool = False) -> Duty | None:
        """A duty of a workspace; `to_change` keeps other writers off it until the end."""
        ...

    def duties(self, workspace: str) -> list[Duty]:
        """The duties of a workspace, oldest first."""
        ...

    def save_channel(self, channel: ChannelAddress) -> None:
        """Insert or rewrite a channel."""
        ...

    def remove_channel(self, workspace: str, channel: str) -> bool:
        """Forget a channel with its address; False when the workspace has none of this id."""
        ...

    def channel(
        self, workspace: str, channel: str, *, to_change: bool = False
    ) -> ChannelAddress | None:
        """A channel of a workspace; `to_change` keeps other writers off it until the end."""
        ...

    def channels(self, workspace: str) -> list[ChannelAddress]:
        """The channels of a workspace, oldest first."""
        ...

    def save_wake(self, test: WakeTest) -> None:
        """Insert or rewrite a wake test."""
        ...

    def wakes(self, workspace: str, limit: int = 100) -> list[WakeTest]:
        """The wake tests of a workspace, newest first."""
        ...

    def wake_by_token(self, token: str, *, to_change: bool = False) -> WakeTest | None:
        """The wake test whose link has a token of this digest.

        `to_change` keeps other writers off it until the end.
        """
        ...
