"""Diagnostics, plans and networks as text, as JSON, and as drawings."""
