"""Room 1: files become records, records become « Résultats Pix.xlsx »."""
