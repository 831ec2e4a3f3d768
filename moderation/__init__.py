"""What is allowed: rules, consent, visibility. Decides, and never acts."""
