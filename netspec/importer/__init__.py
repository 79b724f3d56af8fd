"""From modules of torch to specs: traced, written as `.net`, and proven equal."""
