"""Training: set-up, epochs, steps, evaluation."""
