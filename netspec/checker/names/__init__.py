"""Names: declarations, params, scopes, values, and the other files of a spec."""
