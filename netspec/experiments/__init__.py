"""Experiments: runs and studies in their folders, with all that is written there."""
