"""Diagnostics and plans as text for a terminal, or as JSON for programs."""
