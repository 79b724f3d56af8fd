"""From modules of torch to specs: a module is run, what it does is recorded, written as `.net`, and proven equal."""
