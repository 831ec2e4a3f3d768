"""Rare diseases and their signs, with the words that people use for them. LICENSES.md tells where they come from."""
