"""Handing a mail over: to a mail server or to GOV.UK Notify. It knows no database and no person, only one mail."""
