"""ActivityPub from client to server (ActivityPub §6): a member's own outbox takes activities, their inbox can be read."""
