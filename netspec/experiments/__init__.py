"""Experiments: programs trained in their folders with all that is written there, and studies, whose trials are runs."""
