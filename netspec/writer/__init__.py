"""Networks as the text of a spec: operations in their scopes become labeled lines, blocks and loops."""
