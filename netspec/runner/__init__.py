"""The generic runner: a program in, events out."""
