"""Experiments: programs trained in their folders, and studies, whose trials are runs."""
