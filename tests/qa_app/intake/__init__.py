"""Reading outside files."""
