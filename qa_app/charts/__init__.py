"""Values to charts: one scene of marks, drawn as SVG for pages and as shapes for the PDF, with a table twin."""
