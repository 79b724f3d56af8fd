"""Uses of programs and finished runs beside training: evaluation, prediction, dry runs, learning-rate search."""
