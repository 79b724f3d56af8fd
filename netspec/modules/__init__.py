"""Modules that torch lacks, usable without netspec."""
