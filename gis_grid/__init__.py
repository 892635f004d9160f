"""Spatial governance for cities that are managed grid by grid (网格化管理)."""

__version__ = "0.1.0"
