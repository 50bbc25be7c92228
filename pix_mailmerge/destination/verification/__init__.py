"""What verify works with: texts read back from files, what they should be, and the differences told in French."""
