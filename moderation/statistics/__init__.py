"""Counts in, figures out: shares, targets, streaks, weighted agreement, and the measures made of them.

SQL counts, these modules judge, pages show. ``None`` means that nothing was seen: never 0%, never a failure.
"""
