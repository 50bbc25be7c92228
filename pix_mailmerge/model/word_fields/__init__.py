"""Word's fields: read from the XML of a part, compiled to what they show, run over records."""
