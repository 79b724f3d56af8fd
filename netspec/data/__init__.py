"""The data plane: a program's data, loaded, divided, transformed and cut into batches."""
