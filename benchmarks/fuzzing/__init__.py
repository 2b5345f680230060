"""Damaged files and senseless settings by the thousand, and what becomes of them."""
