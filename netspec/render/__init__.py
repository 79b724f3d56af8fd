"""What netspec says as text for a terminal, as JSON for programs, and as drawings: diagnostics, plans, networks."""
