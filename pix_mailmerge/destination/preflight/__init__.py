"""What the embedded engine would drop from a document: cured on a copy where it can be, told where it cannot."""
