"""What docs.joinmastodon.org documents and apps call: everything is answered, or stands here with why not."""
from __future__ import annotations

import re

from server.api.routes import API

#: method -> paths, without /api. {x} is anything.
DOCUMENTED = {
    "GET": """
        v1/apps/verify_credentials v1/accounts v1/accounts/verify_credentials v1/accounts/lookup v1/accounts/search
        v1/accounts/relationships v1/accounts/familiar_followers v1/accounts/{x} v1/accounts/{x}/statuses
        v1/accounts/{x}/followers v1/accounts/{x}/following v1/accounts/{x}/featured_tags v1/accounts/{x}/lists
        v1/accounts/{x}/identity_proofs v1/accounts/{x}/endorsements v1/bookmarks v1/favourites v1/mutes v1/blocks
        v1/domain_blocks v2/filters v2/filters/{x} v2/filters/{x}/keywords v2/filters/keywords/{x}
        v2/filters/{x}/statuses v2/filters/statuses/{x} v1/filters v1/filters/{x} v1/follow_requests v1/endorsements
        v1/featured_tags v1/featured_tags/suggestions v1/preferences v1/profile v1/followed_tags v1/suggestions
        v2/suggestions v1/tags/{x} v1/statuses v1/statuses/{x} v1/statuses/{x}/context v1/statuses/{x}/reblogged_by
        v1/statuses/{x}/favourited_by v1/statuses/{x}/history v1/statuses/{x}/source v1/statuses/{x}/quotes
        v1/media/{x} v1/polls/{x} v1/scheduled_statuses v1/scheduled_statuses/{x} v1/timelines/public
        v1/timelines/tag/{x} v1/timelines/home v1/timelines/link v1/timelines/list/{x} v1/conversations v1/lists
        v1/lists/{x} v1/lists/{x}/accounts v1/markers v1/streaming v1/streaming/health v1/streaming/user
        v1/streaming/user/notification v1/streaming/public v1/streaming/public/local v1/streaming/public/remote
        v1/streaming/hashtag v1/streaming/hashtag/local v1/streaming/list v1/streaming/direct v1/notifications
        v1/notifications/{x} v1/notifications/unread_count v1/notifications/policy v2/notifications/policy
        v1/notifications/requests v1/notifications/requests/{x} v1/notifications/requests/merged v2/notifications
        v2/notifications/{x} v2/notifications/{x}/accounts v2/notifications/unread_count v1/push/subscription
        v2/search v2/instance v1/instance v1/instance/peers v1/instance/activity v1/instance/rules
        v1/instance/domain_blocks v1/instance/extended_description v1/instance/privacy_policy
        v1/instance/terms_of_service v1/instance/terms_of_service/{x} v1/instance/translation_languages v1/trends/tags
        v1/trends v1/trends/statuses v1/trends/links v1/directory v1/custom_emojis v1/announcements v1/admin/accounts
        v2/admin/accounts v1/admin/accounts/{x} v1/admin/domain_allows v1/admin/domain_allows/{x}
        v1/admin/domain_blocks v1/admin/domain_blocks/{x} v1/admin/reports v1/admin/reports/{x}
        """,
    "POST": """
        v1/apps v1/accounts v1/accounts/{x}/follow v1/accounts/{x}/unfollow v1/accounts/{x}/remove_from_followers
        v1/accounts/{x}/block v1/accounts/{x}/unblock v1/accounts/{x}/mute v1/accounts/{x}/unmute v1/accounts/{x}/pin
        v1/accounts/{x}/unpin v1/accounts/{x}/endorse v1/accounts/{x}/unendorse v1/accounts/{x}/note v1/domain_blocks
        v2/filters v2/filters/{x}/keywords v2/filters/{x}/statuses v1/filters v1/reports
        v1/follow_requests/{x}/authorize v1/follow_requests/{x}/reject v1/featured_tags v1/tags/{x}/follow
        v1/tags/{x}/unfollow v1/statuses v1/statuses/{x}/translate v1/statuses/{x}/favourite
        v1/statuses/{x}/unfavourite v1/statuses/{x}/quotes/{x}/revoke v1/tags/{x}/feature v1/tags/{x}/unfeature
        v1/statuses/{x}/reblog v1/statuses/{x}/unreblog v1/statuses/{x}/bookmark
        v1/statuses/{x}/unbookmark v1/statuses/{x}/mute v1/statuses/{x}/unmute v1/statuses/{x}/pin
        v1/statuses/{x}/unpin v2/media v1/media v1/polls/{x}/votes v1/conversations/{x}/read v1/lists
        v1/lists/{x}/accounts v1/markers v1/notifications/clear v1/notifications/{x}/dismiss
        v2/notifications/{x}/dismiss v1/notifications/requests/{x}/accept v1/notifications/requests/{x}/dismiss
        v1/notifications/requests/accept v1/notifications/requests/dismiss v1/push/subscription
        v1/announcements/{x}/dismiss v1/admin/accounts/{x}/action v1/admin/accounts/{x}/approve
        v1/admin/accounts/{x}/reject v1/admin/accounts/{x}/enable v1/admin/accounts/{x}/unsilence
        v1/admin/accounts/{x}/unsuspend v1/admin/accounts/{x}/unsensitive v1/admin/domain_allows
        v1/admin/domain_blocks v1/admin/reports/{x}/assign_to_self v1/admin/reports/{x}/unassign
        v1/admin/reports/{x}/resolve v1/admin/reports/{x}/reopen v1/admin/measures
        """,
    "PUT": """
        v2/filters/{x} v2/filters/keywords/{x} v1/filters/{x} v1/statuses/{x} v1/media/{x} v1/scheduled_statuses/{x}
        v1/lists/{x} v1/push/subscription v1/announcements/{x}/reactions/{x} v1/admin/domain_blocks/{x}
        v1/admin/reports/{x}
        """,
    "PATCH": "v1/accounts/update_credentials v1/profile v2/notifications/policy",
    "DELETE": """
        v1/domain_blocks v2/filters/{x} v2/filters/keywords/{x} v2/filters/statuses/{x} v1/filters/{x}
        v1/featured_tags/{x} v1/profile/avatar v1/profile/header v1/suggestions/{x} v1/statuses/{x} v1/media/{x}
        v1/scheduled_statuses/{x} v1/conversations/{x} v1/lists/{x} v1/lists/{x}/accounts v1/push/subscription
        v1/announcements/{x}/reactions/{x} v1/admin/accounts/{x} v1/admin/domain_allows/{x} v1/admin/domain_blocks/{x}
        """,
}
#: Nobody of the team erases a member: the team suspends, members leave.
LEFT_OUT = {"DELETE v1/admin/accounts/{x}"}


def test_what_is_documented_is_answered() -> None:
    """By a path of the table, as the router of aiohttp reads it."""
    patterns = [(one.method, re.compile(re.sub(r"{\w+}", "[^/]+", re.sub(r"{\w+:([^}]+)}", r"(?:\1)", one.path)))) for one in API]
    missing = [f"{method} {path}" for method, paths in DOCUMENTED.items() for path in paths.split()
               if not any(method == verb and pattern.fullmatch(f"/api/{path.replace('{x}', '1')}") for verb, pattern in patterns)]
    assert set(missing) == LEFT_OUT
