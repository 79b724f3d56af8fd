"""Evaluation, prediction, dry runs and learning-rate search."""
