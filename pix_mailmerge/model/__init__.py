"""Room 2: a model and a record become a document."""
