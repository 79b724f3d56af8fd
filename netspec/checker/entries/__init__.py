"""Calls of catalogue entries: names found, arguments bound, values checked against the fields' types."""
