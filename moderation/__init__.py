"""Who is re-graded and what the numbers say: sampling, independence and statistics, from plain values to plain results.

Nothing here knows a database, a request or a page.
"""
