"""The hall: what needs two rooms."""
