"""The `.net` form: tokens, parser, comments and formatter."""
