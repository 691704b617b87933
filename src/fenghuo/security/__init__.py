"""Passwords, sessions, tokens, sealed secrets, the egress rule."""
