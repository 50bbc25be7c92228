"""One module per outside program that turns a .docx into a .pdf."""
