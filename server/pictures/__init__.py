"""Images: looked at, written anew and kept; coats, the map and the small pictures in names."""
