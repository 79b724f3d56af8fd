"""Runs and studies in their folders."""
