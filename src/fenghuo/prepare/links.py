"""The one-time links in messages: what is kept of a token, and where a link leads."""

from hashlib import sha256

PATH = "a"
"""Short, since a robot's message and a text message have little room."""


def digest(token: str) -> str:
    """What is stored of a token: whoever reads the database cannot answer for another."""
    return sha256(token.encode()).hexdigest()


def link(public_url: str, token: str) -> str:
    """The web address of a token; "" without a public address."""
    return f"{public_url.rstrip('/')}/{PATH}/{token}" if public_url else ""
