"""The JSON form of the language: reader, writer, comments, layout and JSON Schema."""
