"""The client API: what apps made for Mastodon ask of a server. One file for each resource; `routes.API` is the map."""
