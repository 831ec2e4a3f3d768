"""The manifest of addresses: which of them can show a message, and how to ask for them. A route in neither list fails a test.

{key} is the message's, {media} its image's, {actor} its author's key, {name} the author's name, {tag} a tag of it.
"""
from __future__ import annotations

#: route -> the addresses to look at, as a person and as another server.
SHOWS_POSTS: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/about": ("/about",),
    "/home": ("/home",),
    "/home/follows": ("/home/follows",),
    "/compose": ("/compose?reply={key}", "/compose?to=@{name}"),
    "/drafts": ("/drafts",),
    "/m/{key}": ("/m/{key}",),
    "/m/{key}/history": ("/m/{key}/history",),
    "/m/{key}/copies": ("/m/{key}/copies",),
    "/growing": ("/growing",),
    "/m/{key}/held": ("/m/{key}/held",),
    "/m/{key}/report": ("/m/{key}/report",),
    "/m/{key}/edit": ("/m/{key}/edit",),
    "/m/{key}/delete": ("/m/{key}/delete",),
    "/m/{key}/reach": ("/m/{key}/reach",),
    "/tags/{name}": ("/tags/{tag}",),
    "/notices": ("/notices",),
    "/people": ("/people",),
    "/follows": ("/follows",),
    "/follows/me": ("/follows/me",),
    "/follows/requests": ("/follows/requests",),
    "/@{address}": ("/@{name}",),
    "/@{address}/follow": ("/@{name}/follow",),
    "/@{address}/report": ("/@{name}/report",),
    "/@{address}/mute": ("/@{name}/mute",),
    "/@{address}/block": ("/@{name}/block",),
    "/settings/blocks": ("/settings/blocks",),
    "/welcome": ("/welcome",),
    "/admin/members": ("/admin/members",),
    "/admin/members/{name}": ("/admin/members/{name}",),
    "/admin/partners": ("/admin/partners",),
    "/admin/reviews": ("/admin/reviews",),
    "/admin/unanswered": ("/admin/unanswered",),
    "/admin/signals": ("/admin/signals",),
    "/rulings": ("/rulings",),
    "/posts/{key}": ("/posts/{key}",),
    "/posts/{key}/replies": ("/posts/{key}/replies",),
    "/posts/{key}/context": ("/posts/{key}/context",),
    "/actors/{key}": ("/actors/{actor}",),
    "/actors/{key}/inbox": ("/actors/{actor}/inbox",),
    "/actors/{key}/outbox": ("/actors/{actor}/outbox", "/actors/{actor}/outbox?page=first"),
    "/actors/{key}/followers": ("/actors/{actor}/followers",),
    "/actors/{key}/following": ("/actors/{actor}/following",),
    "/actors/{key}/featured": ("/actors/{actor}/featured",),
    "/actors/{key}/tags": ("/actors/{actor}/tags",),
    "/actor/{collection:outbox|followers|following|featured}": ("/actor/outbox",),
}
#: The same for apps, which show a token: {id} is the message's, {author} that of its author's account, {me} the reader's own key.
APPS_SHOW_POSTS: tuple[str, ...] = (
    "/api/v1/statuses/{id}", "/api/v1/statuses?id[]={id}", "/api/v1/statuses/{id}/context", "/api/v1/statuses/{id}/history",
    "/api/v1/statuses/{id}/source", "/api/v1/statuses/{id}/quotes", "/api/v1/accounts/{author}/statuses",
    "/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/{tag}", "/api/v1/bookmarks",
    "/api/v1/notifications",
    "/api/v2/notifications", "/api/v1/conversations", "/api/v2/search?q=marker",
    "/actors/{me}/inbox?page=first",
)
#: Nothing that a member wrote can be there. Whoever adds an address here has looked.
SHOWS_NONE = frozenset({
    "/admin/organisations", "/admin/images", "/admin/images/{key:[0-9A-Za-z]{1,22}}",
    "/images/{key:[0-9A-Za-z]{1,22}}/blur",  # images: tests/server/pages/test_image_pages.py
    "/settings/badge", "/settings/badge/mail/{token}", "/admin/badges", "/admin/badges/{key:[0-9A-Za-z]{1,22}}",
    "/settings/lines", "/settings/lines/{line:[a-z-]{1,20}}", "/people/like-me", "/admin/conditions",
    "/data/export", "/data/import", "/data/correction", "/admin/corrections", "/data/close", "/data/close/recipients.csv",
    "/return", "/return/{token}",
    "/data", "/data/receipts/{key:[0-9A-Za-z]{1,22}}", "/data/withdraw/{key:[0-9A-Za-z]{1,22}}", "/data/copies",
    "/data/copies/answers/{key:[0-9A-Za-z]{1,22}}", "/data/access",
    "/data/view-as",
    "/receipts/{key:[0-9A-Za-z]{1,22}}/{secret:[0-9a-f]{32}}",
    "/people/directory/{key}/report", "/reports", "/reports/{key:[0-9A-Za-z]{22}}", "/report", "/report/{key:[0-9A-Za-z]{22}}",
    "/people/directory", "/people/directory/{key}", "/people/introductions", "/people/waiting",
    "/about/servers", "/admin/lists", "/admin/lists/{key}", "/admin/lists/{what:blocks|allows}.csv",  # names of servers
    "/admin/knocks", "/admin/servers",
    "/follows/cut", "/follows/cut/{event:[0-9]{1,19}}/{side:following|followers}.csv",  # names of people who were followed
    "/admin", "/admin/directory",  # numbers and facets, no messages
    "/map", "/census", "/people/professionals", "/admin/contacts",
    "/directory", "/directory/{collection:outbox|followers|following|featured}", "/directory/listings",
    "/directory/listings/{listing}", "/directory/stamps/{stamp}",
    "/static/{path:.+}", "/theme.css", "/favicon.ico", "/health", "/health/ready", "/admin/partners/{host}", "/rules",
    "/help", "/crisis",
    "/privacy", "/accessibility", "/join", "/join/wait", "/join/{step:[1-4]}", "/invite/{token}", "/signin", "/signin/link",
    "/signin/lost", "/signin/link/{token}", "/password/{token}", "/confirm/{token}", "/open/{token}", "/settings",
    "/settings/profile", "/settings/audience", "/settings/reading", "/settings/language", "/settings/security",
    "/settings/moving", "/admin/invitations", "/admin/community",
    "/admin/crisis", "/admin/first-weeks", "/mentor", "/admin/mentors", "/settings/filters",
    "/admin/crisis/lines", "/admin/crisis/lines/{country:[A-Z]{2}}",
    "/admin/cases/{id:[0-9]{1,19}}/escalation",
    "/admin/reviews/rule", "/admin/deaths", "/admin/unguarded", "/admin/ages",
    "/data/after-death",
    "/rulings/{id:[0-9]{1,19}}", "/statements/{token}", "/statements/{token}/{id:[0-9]{1,19}}",  # to the author
    "/moderation", "/admin/log",
    "/admin/measures",
    "/admin/queue",  # names nobody, repeats nothing
    "/admin/cases/{id:[0-9]{1,19}}",  # what was reported, to the team: tests/server/pages/test_case_pages.py
    "/@{address}/death", "/admin/members/{name}/guardians", "/acting", "/acting/new", "/actor", "/ns",
    "/.well-known/webfinger", "/.well-known/host-meta",
    "/.well-known/nodeinfo", "/nodeinfo/{version}",
    "/admin/charter", "/charter", "/charter/{version:[0-9]{1,6}}",
    "/admin/network", "/network", "/network/{version:[0-9]{1,6}}", "/{path:.*}", "/oauth/authorize", "/oauth/authorize/",
    "/oauth/userinfo", "/settings/apps",
    "/.well-known/oauth-authorization-server",
    "/emoji/{key}", "/stamps/{key}", "/coats/{key:[0-9A-Za-z]{22}}.png", "/coats/{key:[0-9A-Za-z]{22}}/wide.png",
    "/media/{key}",  # images: tests/server/test_visibility_of_pages.py
})
