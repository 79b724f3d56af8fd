"""The `.net` form: tokens, parser and printer, with the comments."""
