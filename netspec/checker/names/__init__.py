"""Names and what they stand for: declarations, params, scopes, values, and the other files of a spec."""
