"""The JSON API; the same faces as the pages."""
