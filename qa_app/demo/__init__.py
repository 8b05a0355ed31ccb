"""The demo council's own files, as a council would bring them."""

from importlib.resources import files


def demo_file(name: str) -> bytes:
    """One of 'staff.csv', 'case_list.csv', 'case_list.xlsx', 'audit_register.csv' and 'audit_register.xlsx'."""
    return (files(__name__) / name).read_bytes()
