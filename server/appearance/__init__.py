"""How pages look: the theme with its files and colours, how somebody likes to read, and how data becomes a page."""
