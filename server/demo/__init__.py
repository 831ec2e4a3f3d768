"""Two invented communities that federate on one computer: for newcomers, for trying out, for tests."""
