"""The `.net` form of the language: tokens, parser, comments and formatter."""
