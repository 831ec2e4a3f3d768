"""What a request passes before it is answered: connections, limits, sessions, forms, who may pass; and what servers ask."""
