"""Every endpoint of the client API, in one list. What is not here is 404; scopes, input and answers stand beside the address."""
from __future__ import annotations

from server.api import accounts, conversations, oauth, reports, streaming
from server.api.admin.routes import ADMIN
from server.api.answers import Nothing
from server.api.client_to_server import inbox, outbox
from server.api.client_to_server.activities import Document
from server.api.conversations import Conversation
from server.api.door import ANY_TOKEN, ANYBODY, Endpoint
from server.api.entities.account import CredentialAccount
from server.api.paging import Window

API: tuple[Endpoint, ...] = (
    # apps and their tokens
    Endpoint("POST", "/api/v1/apps", oauth.register, ANYBODY, oauth.Registration, oauth.CredentialApplication),
    Endpoint("GET", "/api/v1/apps/verify_credentials", oauth.verify_app, ANY_TOKEN, gives=oauth.Application),
    Endpoint("POST", "/oauth/token", oauth.token, ANYBODY, oauth.TokenAsk, oauth.Token),
    Endpoint("POST", "/oauth/revoke", oauth.revoke, ANYBODY, oauth.Revocation, Nothing),
    Endpoint("GET", "/oauth/userinfo", oauth.user_info, "profile read:accounts", gives=oauth.UserInfo),
    Endpoint("POST", "/oauth/userinfo", oauth.user_info, "profile read:accounts", gives=oauth.UserInfo),
    Endpoint("GET", "/.well-known/oauth-authorization-server", oauth.metadata, ANYBODY, gives=oauth.Metadata),
    # accounts
    Endpoint("GET", "/api/v1/accounts/verify_credentials", accounts.verify_credentials, "profile read:accounts",
             gives=CredentialAccount),
    # conversations with named people
    Endpoint("GET", "/api/v1/conversations", conversations.show, "read:statuses", Window, list[Conversation]),
    Endpoint("POST", "/api/v1/conversations/{id}/read", conversations.read, "write:conversations", gives=Conversation),
    Endpoint("DELETE", "/api/v1/conversations/{id}", conversations.put_away, "write:conversations", gives=Nothing),
    # news as they happen: the token may stand in the address here, so the handlers ask for it
    Endpoint("GET", "/api/v1/streaming", streaming.socket, ANYBODY, streaming.Asked),
    Endpoint("GET", "/api/v1/streaming/health", streaming.health, ANYBODY),
    *(Endpoint("GET", f"/api/v1/streaming/{path}", streaming.events, ANYBODY, streaming.Asked) for path in streaming.PATHS),
    # ActivityPub from client to server
    Endpoint("POST", "/actors/{key}/outbox", outbox.post, outbox.SCOPES, Document),
    Endpoint("GET", "/actors/{key}/inbox", inbox.show, "read", inbox.Place),
    # reports, and the team
    Endpoint("POST", "/api/v1/reports", reports.report, "write:reports", reports.Telling, reports.ReportEntity),
    *ADMIN,
)
