"""Room 3: documents become files and paper."""
