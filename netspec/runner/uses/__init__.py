"""What is done with programs and finished runs beside training: evaluation, prediction, dry runs, learning-rate search."""
