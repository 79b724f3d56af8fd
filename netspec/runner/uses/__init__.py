"""Uses of programs and runs beside training: evaluation, prediction, dry runs, learning-rate search."""
