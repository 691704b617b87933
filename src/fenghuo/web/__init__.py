"""Pages and the JSON API; both speak to the rooms through app."""
