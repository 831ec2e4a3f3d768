"""The endpoints about people, and about the community itself: parts of `routes.API`."""
from __future__ import annotations

from server.api import accounts, domain_blocks, instance, own_profile, people
from server.api.answers import Nothing
from server.api.door import ANY_TOKEN, ANYBODY, Endpoint
from server.api.entities.account import Account, CredentialAccount, CustomEmoji
from server.api.entities.instance import InstanceV1, InstanceV2, Rule
from server.api.entities.relationship import Relationship
from server.api.paging import AccountsWindow

ACCOUNTS: tuple[Endpoint, ...] = (
    # oneself
    Endpoint("POST", "/api/v1/accounts", instance.sign_up, ANY_TOKEN, gives=Nothing),
    Endpoint("GET", "/api/v1/accounts/verify_credentials", accounts.verify_credentials, "profile read:accounts",
             gives=CredentialAccount),
    Endpoint("PATCH", "/api/v1/accounts/update_credentials", own_profile.change, "write:accounts", own_profile.ChangeProfile,
             CredentialAccount),
    Endpoint("GET", "/api/v1/profile", own_profile.profile, "profile read:accounts", gives=own_profile.OwnProfile),
    Endpoint("PATCH", "/api/v1/profile", own_profile.change, "write:accounts", own_profile.ChangeProfile, CredentialAccount),
    Endpoint("DELETE", "/api/v1/profile/avatar", own_profile.keep_coat, "write:accounts", gives=CredentialAccount),
    Endpoint("DELETE", "/api/v1/profile/header", own_profile.keep_coat, "write:accounts", gives=CredentialAccount),
    Endpoint("GET", "/api/v1/preferences", own_profile.preferences, "read:accounts", gives=own_profile.Preferences),
    # other people
    Endpoint("GET", "/api/v1/accounts", accounts.show_many, "read:accounts", people.Ids, list[Account]),
    Endpoint("GET", "/api/v1/accounts/lookup", accounts.look_up, "read:accounts", accounts.LookUp, Account, visitors=True),
    Endpoint("GET", "/api/v1/accounts/search", accounts.search, "read:accounts", accounts.Searching, list[Account]),
    Endpoint("GET", "/api/v1/accounts/relationships", people.relationships, "read:follows", people.Ids, list[Relationship]),
    Endpoint("GET", "/api/v1/accounts/familiar_followers", accounts.familiar_followers, "read:follows", people.Ids,
             list[accounts.FamiliarFollowers]),
    Endpoint("GET", "/api/v1/accounts/{id}", accounts.show, "read:accounts", gives=Account, visitors=True),
    Endpoint("GET", "/api/v1/accounts/{id}/followers", people.followers, "read:accounts", AccountsWindow, list[Account]),
    Endpoint("GET", "/api/v1/accounts/{id}/following", people.following, "read:accounts", AccountsWindow, list[Account]),
    Endpoint("GET", "/api/v1/accounts/{id}/endorsements", accounts.none, "read:accounts", gives=list[Account]),
    Endpoint("GET", "/api/v1/accounts/{id}/identity_proofs", accounts.none, "read:accounts", gives=list[Nothing]),
    Endpoint("GET", "/api/v1/directory", accounts.directory, "read:accounts", accounts.DirectoryWindow, list[Account]),
    Endpoint("GET", "/api/v1/endorsements", instance.none, "read:accounts", gives=list[Account]),
    Endpoint("GET", "/api/v1/suggestions", accounts.suggestions_v1, "read:accounts", accounts.Several, list[Account]),
    Endpoint("GET", "/api/v2/suggestions", accounts.suggestions, "read:accounts", accounts.Several, list[accounts.Suggestion]),
    Endpoint("DELETE", "/api/v1/suggestions/{id}", accounts.no_thanks, "write:accounts", gives=Nothing),
    # how one stands with them
    Endpoint("POST", "/api/v1/accounts/{id}/follow", people.follow, "write:follows", people.Following, Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/unfollow", people.unfollow, "write:follows", gives=Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/remove_from_followers", people.send_away, "write:follows", gives=Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/block", people.block, "write:blocks", gives=Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/unblock", people.unblock, "write:blocks", gives=Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/mute", people.mute, "write:mutes", people.Muting, Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/unmute", people.unmute, "write:mutes", gives=Relationship),
    Endpoint("POST", "/api/v1/accounts/{id}/note", people.remark, "write:accounts", people.Remarking, Relationship),
    *(Endpoint("POST", f"/api/v1/accounts/{{id}}/{word}", people.endorse, "write:accounts", gives=Relationship)
      for word in ("pin", "endorse")),
    *(Endpoint("POST", f"/api/v1/accounts/{{id}}/{word}", people.unendorse, "write:accounts", gives=Relationship)
      for word in ("unpin", "unendorse")),
    Endpoint("GET", "/api/v1/follow_requests", people.requests, "read:follows", AccountsWindow, list[Account]),
    Endpoint("POST", "/api/v1/follow_requests/{id}/authorize", people.accept, "write:follows", gives=Relationship),
    Endpoint("POST", "/api/v1/follow_requests/{id}/reject", people.refuse, "write:follows", gives=Relationship),
    Endpoint("GET", "/api/v1/blocks", people.blocks, "read:blocks", AccountsWindow, list[Account]),
    Endpoint("GET", "/api/v1/mutes", people.mutes, "read:mutes", AccountsWindow, list[people.MutedAccount]),
    Endpoint("GET", "/api/v1/domain_blocks", domain_blocks.show, "read:blocks", domain_blocks.DomainsWindow, list[str]),
    Endpoint("POST", "/api/v1/domain_blocks", domain_blocks.block, "write:blocks", domain_blocks.Domain, Nothing),
    Endpoint("DELETE", "/api/v1/domain_blocks", domain_blocks.unblock, "write:blocks", domain_blocks.Domain, Nothing),
)

INSTANCE: tuple[Endpoint, ...] = (
    Endpoint("GET", "/api/v1/instance", instance.show_v1, ANYBODY, gives=InstanceV1),
    Endpoint("GET", "/api/v2/instance", instance.show_v2, ANYBODY, gives=InstanceV2),
    Endpoint("GET", "/api/v1/instance/rules", instance.rules, ANYBODY, gives=list[Rule]),
    Endpoint("GET", "/api/v1/instance/peers", instance.none, ANYBODY, gives=list[str]),
    Endpoint("GET", "/api/v1/instance/activity", instance.none, ANYBODY, gives=list[Nothing]),
    Endpoint("GET", "/api/v1/instance/domain_blocks", instance.domain_blocks, "read", gives=list[instance.RestrictedDomain],
             visitors=True),
    Endpoint("GET", "/api/v1/instance/extended_description", instance.extended_description, ANYBODY,
             gives=instance.ExtendedDescription),
    Endpoint("GET", "/api/v1/instance/privacy_policy", instance.privacy_policy, ANYBODY, gives=instance.ExtendedDescription),
    Endpoint("GET", "/api/v1/instance/terms_of_service", instance.terms_of_service, ANYBODY, gives=instance.TermsOfService),
    Endpoint("GET", "/api/v1/instance/terms_of_service/{date}", instance.terms_of_service, ANYBODY,
             gives=instance.TermsOfService),
    Endpoint("GET", "/api/v1/instance/languages", instance.languages, ANYBODY, gives=list[instance.Locale]),
    Endpoint("GET", "/api/v1/instance/translation_languages", instance.no_translations, ANYBODY, gives=dict[str, list[str]]),
    Endpoint("GET", "/api/v1/custom_emojis", instance.none, ANYBODY, gives=list[CustomEmoji]),
    Endpoint("GET", "/api/v1/announcements", instance.none, ANY_TOKEN, gives=list[Nothing]),
    Endpoint("POST", "/api/v1/announcements/{id}/dismiss", instance.nothing_there, "write:accounts", gives=Nothing),
    Endpoint("PUT", "/api/v1/announcements/{id}/reactions/{name}", instance.nothing_there, "write:favourites", gives=Nothing),
    Endpoint("DELETE", "/api/v1/announcements/{id}/reactions/{name}", instance.nothing_there, "write:favourites", gives=Nothing),
)
