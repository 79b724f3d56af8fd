"""Uses of programs and runs beside training."""
