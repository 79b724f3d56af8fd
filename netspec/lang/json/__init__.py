"""The JSON form: reader, writer, comments, layout and JSON Schema."""
