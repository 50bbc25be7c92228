"""One module per way to reach paper: CUPS (Linux, macOS), Windows."""
