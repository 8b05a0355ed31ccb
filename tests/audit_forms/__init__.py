"""Tests of what is asked: grades, question kinds, audit tools and their forms."""
