"""Tests: they mirror the source; stories between two live servers are in `stories`."""
