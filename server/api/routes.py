"""Every endpoint of the client API, in one list. What is not here is 404; scopes, input and answers stand beside the address."""
from __future__ import annotations

from server.api import accounts
from server.api.door import Endpoint
from server.api.entities.account import CredentialAccount

API: tuple[Endpoint, ...] = (
    # accounts
    Endpoint("GET", "/api/v1/accounts/verify_credentials", accounts.verify_credentials, "profile read:accounts",
             gives=CredentialAccount),
)
