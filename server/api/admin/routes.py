"""What apps for moderating may ask, beside `server.api.routes`, which holds it: each needs a member of the team."""
from __future__ import annotations

from server.api.admin import accounts, blocks, domains, numbers, reports
from server.api.answers import Nothing
from server.api.door import Endpoint
from server.api.entities.admin import AdminAccount, AdminReport, Dimension, DomainAllow, DomainBlock, Measure
from server.api.paging import Window

ACCOUNTS, READ_ACCOUNTS, WRITE_ACCOUNTS = "/api/v1/admin/accounts", "admin:read:accounts", "admin:write:accounts"
REPORTS, READ_REPORTS, WRITE_REPORTS = "/api/v1/admin/reports", "admin:read:reports", "admin:write:reports"
BLOCKS, READ_BLOCKS, WRITE_BLOCKS = "/api/v1/admin/domain_blocks", "admin:read:domain_blocks", "admin:write:domain_blocks"
ALLOWS, READ_ALLOWS, WRITE_ALLOWS = "/api/v1/admin/domain_allows", "admin:read:domain_allows", "admin:write:domain_allows"

ADMIN: tuple[Endpoint, ...] = (
    Endpoint("GET", ACCOUNTS, accounts.list_, READ_ACCOUNTS, accounts.Listing, list[AdminAccount]),
    Endpoint("GET", "/api/v2/admin/accounts", accounts.list2, READ_ACCOUNTS, accounts.Listing2, list[AdminAccount]),
    Endpoint("GET", ACCOUNTS + "/{id}", accounts.show, READ_ACCOUNTS, gives=AdminAccount),
    Endpoint("POST", ACCOUNTS + "/{id}/action", accounts.act, WRITE_ACCOUNTS, accounts.Act, Nothing),
    Endpoint("POST", ACCOUNTS + "/{id}/approve", accounts.approve, WRITE_ACCOUNTS, gives=AdminAccount),
    Endpoint("POST", ACCOUNTS + "/{id}/reject", accounts.reject, WRITE_ACCOUNTS, gives=AdminAccount),
    Endpoint("POST", ACCOUNTS + "/{id}/unsuspend", accounts.unsuspend, WRITE_ACCOUNTS, gives=AdminAccount),
    Endpoint("POST", ACCOUNTS + "/{id}/enable", accounts.enable, WRITE_ACCOUNTS, gives=AdminAccount),
    Endpoint("POST", ACCOUNTS + "/{id}/unsilence", accounts.unsilence, WRITE_ACCOUNTS, gives=AdminAccount),
    Endpoint("POST", ACCOUNTS + "/{id}/unsensitive", accounts.unchanged, WRITE_ACCOUNTS, gives=AdminAccount),
    Endpoint("GET", REPORTS, reports.list_, READ_REPORTS, reports.Listing, list[AdminReport]),
    Endpoint("GET", REPORTS + "/{id}", reports.show, READ_REPORTS, gives=AdminReport),
    Endpoint("PUT", REPORTS + "/{id}", reports.change, WRITE_REPORTS, reports.Sorting, AdminReport),
    Endpoint("POST", REPORTS + "/{id}/assign_to_self", reports.assign_to_self, WRITE_REPORTS, gives=AdminReport),
    Endpoint("POST", REPORTS + "/{id}/unassign", reports.unassign, WRITE_REPORTS, gives=AdminReport),
    Endpoint("POST", REPORTS + "/{id}/resolve", reports.resolve, WRITE_REPORTS, gives=AdminReport),
    Endpoint("POST", REPORTS + "/{id}/reopen", reports.reopen, WRITE_REPORTS, gives=AdminReport),
    # Mastodon.py writes the list's address with a slash at its end
    Endpoint("GET", BLOCKS, domains.blocks, READ_BLOCKS, domains.Listing, list[DomainBlock]),
    Endpoint("GET", BLOCKS + "/", domains.blocks, READ_BLOCKS, domains.Listing, list[DomainBlock]),
    Endpoint("POST", BLOCKS, domains.block, WRITE_BLOCKS, domains.Block, DomainBlock),
    Endpoint("POST", BLOCKS + "/", domains.block, WRITE_BLOCKS, domains.Block, DomainBlock),
    Endpoint("GET", BLOCKS + "/{id}", domains.show_block, READ_BLOCKS, gives=DomainBlock),
    Endpoint("PUT", BLOCKS + "/{id}", domains.change_block, WRITE_BLOCKS, domains.Severity, DomainBlock),
    Endpoint("DELETE", BLOCKS + "/{id}", domains.unblock, WRITE_BLOCKS, gives=Nothing),
    Endpoint("GET", ALLOWS, domains.allows, READ_ALLOWS, domains.Listing, list[DomainAllow]),
    Endpoint("POST", ALLOWS, domains.allow, WRITE_ALLOWS, domains.Allow, DomainAllow),
    Endpoint("GET", ALLOWS + "/{id}", domains.show_allow, READ_ALLOWS, gives=DomainAllow),
    Endpoint("DELETE", ALLOWS + "/{id}", domains.disallow, WRITE_ALLOWS, gives=Nothing),
    Endpoint("POST", "/api/v1/admin/measures", numbers.measures, "admin:read", numbers.Span, list[Measure]),
    Endpoint("POST", "/api/v1/admin/dimensions", numbers.dimensions, "admin:read", numbers.Span, list[Dimension]),
    Endpoint("POST", "/api/v1/admin/retention", numbers.retention, "admin:read", numbers.Span, list[Nothing]),
    Endpoint("GET", "/api/v1/admin/email_domain_blocks", blocks.none, "admin:read:email_domain_blocks", Window, list[Nothing]),
    Endpoint("GET", "/api/v1/admin/ip_blocks", blocks.none, "admin:read:ip_blocks", Window, list[Nothing]),
    Endpoint("GET", "/api/v1/admin/canonical_email_blocks", blocks.none, "admin:read:canonical_email_blocks", Window,
             list[Nothing]),
    Endpoint("POST", "/api/v1/admin/canonical_email_blocks/test", blocks.none, "admin:read:canonical_email_blocks", Window,
             list[Nothing]),
    Endpoint("GET", "/api/v1/admin/trends/tags", blocks.none, "admin:read", Window, list[Nothing]),
    Endpoint("GET", "/api/v1/admin/trends/statuses", blocks.none, "admin:read", Window, list[Nothing]),
    Endpoint("GET", "/api/v1/admin/trends/links", blocks.none, "admin:read", Window, list[Nothing]),
)
