"""Every endpoint of the client API, in one list. What is not here is 404; scopes, input and answers stand beside the address."""
from __future__ import annotations

from server.api import accounts, reports
from server.api.admin.routes import ADMIN
from server.api.door import Endpoint
from server.api.entities.account import CredentialAccount

API: tuple[Endpoint, ...] = (
    # accounts
    Endpoint("GET", "/api/v1/accounts/verify_credentials", accounts.verify_credentials, "profile read:accounts",
             gives=CredentialAccount),
    # reports, and the team
    Endpoint("POST", "/api/v1/reports", reports.report, "write:reports", reports.Telling, reports.ReportEntity),
    *ADMIN,
)
