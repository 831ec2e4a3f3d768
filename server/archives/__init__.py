"""The copy of everything about a member: one ZIP with pages to read, tables, and what other programs take in."""
