"""Posts that others send to us: signed deliveries to the webhooks that people have set up."""

from typing import TYPE_CHECKING

import msgspec

from fenghuo.domain.errors import BadInput, NobodysMove
from fenghuo.domain.source import Source
from fenghuo.listen import Accepted, Bulk, items_of
from fenghuo.platforms import webhook
from fenghuo.security.signatures import Deliveries, verify

if TYPE_CHECKING:
    from fenghuo.app.product import App


class Delivery(msgspec.Struct, frozen=True):
    """A body whose signature fits, to a source that takes deliveries."""

    source: Source
    signature: bytes


def admit(app: "App", name: str, header: str, body: bytes) -> Delivery:
    """Who may come in: NobodysMove when there is no such webhook, BadInput when the signature
    is missing, wrong, late or has come before."""
    source = _hook(app, name)
    secret = app.source_options(source).get(webhook.SECRET, "")
    try:
        # Senders live in real time, whatever time their workspace is in.
        signature = verify(header, body, secret.encode(), app.clock.now(""))
    except BadInput as error:
        if header:
            # Somebody meant to sign; whoever does not even try may be anyone at all.
            app.sources.failed(source, error)
        raise
    if Deliveries(app.store).came_before(source.id, signature):
        raise BadInput("sources.signature_repeated")
    return Delivery(source, signature)


def take(app: "App", delivery: Delivery, body: bytes) -> Accepted:
    """Accept its items; only then it counts as having come, so that a crash loses nothing.

    BadInput when the body holds no list of items.
    """
    bulk = Bulk(lambda items: app.sources.pushed(delivery.source, items))
    bulk.take(_items(body))
    done = bulk.end()
    Deliveries(app.store).remember(delivery.source.id, delivery.signature, app.clock.now(""))
    return done


def _items(body: bytes) -> list[bytes]:
    try:
        found = items_of(body)
    except BadInput as error:
        raise BadInput("sources.body_unreadable", str(error)) from error
    if not found:
        raise BadInput("sources.body_unreadable")
    return found


def _hook(app: "App", name: str) -> Source:
    for source in app.sources.active():
        if (source.id, source.platform) == (name, webhook.SPEC.platform):
            return source
    raise NobodysMove("sources.hook_missing")
