"""Every endpoint of the client API, in one list. What is not here is 404; scopes, input and answers stand beside the address."""
from __future__ import annotations

from server.api import oauth, reports
from server.api.account_routes import ACCOUNTS, INSTANCE
from server.api.admin.routes import ADMIN
from server.api.answers import Nothing
from server.api.client_to_server import inbox, outbox
from server.api.client_to_server.activities import Document
from server.api.door import ANY_TOKEN, ANYBODY, Endpoint
from server.api.entities.report import Report
from server.api.news import NEWS
from server.api.status_routes import STATUSES

API: tuple[Endpoint, ...] = (
    # apps and their tokens
    Endpoint("POST", "/api/v1/apps", oauth.register, ANYBODY, oauth.Registration, oauth.CredentialApplication),
    Endpoint("GET", "/api/v1/apps/verify_credentials", oauth.verify_app, ANY_TOKEN, gives=oauth.Application),
    Endpoint("POST", "/oauth/token", oauth.token, ANYBODY, oauth.TokenAsk, oauth.Token),
    Endpoint("POST", "/oauth/revoke", oauth.revoke, ANYBODY, oauth.Revocation, Nothing),
    Endpoint("GET", "/oauth/userinfo", oauth.user_info, "profile read:accounts", gives=oauth.UserInfo),
    Endpoint("POST", "/oauth/userinfo", oauth.user_info, "profile read:accounts", gives=oauth.UserInfo),
    Endpoint("GET", "/.well-known/oauth-authorization-server", oauth.metadata, ANYBODY, gives=oauth.Metadata),
    # people, and the community itself
    *ACCOUNTS,
    *INSTANCE,
    # notices, conversations, streams, pushes
    *NEWS,
    # ActivityPub from client to server
    Endpoint("POST", "/actors/{key}/outbox", outbox.post, outbox.SCOPES, Document),
    Endpoint("GET", "/actors/{key}/inbox", inbox.show, "read", inbox.Place),
    # messages, lists of them, filters, tags, search
    *STATUSES,
    # reports, and the team
    Endpoint("POST", "/api/v1/reports", reports.report, "write:reports", reports.Telling, Report),
    *ADMIN,
)
