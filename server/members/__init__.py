"""What concerns one person of ours: password, address, what they bring along, in which tables they are, who is like them."""
