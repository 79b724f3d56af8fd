"""Data: a program's data, loaded, split, transformed and cut into batches."""
