"""Routing a file of points: every row comes back once, in order, with its owner."""
