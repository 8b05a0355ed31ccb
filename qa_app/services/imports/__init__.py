"""Bringing in a case list or a register of past audits: planned first, saved on a yes, withdrawn as a whole."""
