"""What apps hear of at once: who listens to what, and the one task that looks for news while somebody does."""
