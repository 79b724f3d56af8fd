"""Calls of catalogue entries: names, arguments and values."""
