"""Tests of this room; see tests/__init__.py."""
