"""What members and the team do: facts, a decision, one transaction."""
