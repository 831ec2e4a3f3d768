"""What apps for moderating ask of a server: the same acts as the pages of the team, written down like those."""
