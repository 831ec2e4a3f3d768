"""The community that is hosted here: what it says of itself, whom to call, its numbers, the rules that its host adds."""
