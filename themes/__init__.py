"""Themes: one folder each, with a `theme.toml`; whatever a theme does not have comes from its parent."""
