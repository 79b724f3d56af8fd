"""The JSON form: read and written, with its comments, its layout and its JSON Schema."""
