"""Rows become what pages show, and what was typed is read: cards, lists, cases, the composer."""
