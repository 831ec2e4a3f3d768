"""What things are called, and how texts are made: languages, the names of what the tables hold, Markdown."""
