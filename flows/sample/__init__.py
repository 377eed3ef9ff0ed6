"""Invented records for trials and benchmarks, marked as such in every row; nothing reads them back.

Importing this package loads nothing heavy.
"""
