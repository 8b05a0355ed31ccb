"""Audit tools that a council makes in a workbook or a file: read, checked with every fault named, and written."""
