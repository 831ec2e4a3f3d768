"""What the client API answers with: typed dictionaries, and the functions that make whole lists of them out of rows."""
