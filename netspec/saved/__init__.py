"""Run folders, read safely and without torch."""
