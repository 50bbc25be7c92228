"""A door: the same functions behind a local page."""
