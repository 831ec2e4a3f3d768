"""The endpoints about messages, in one list: a part of `server.api.routes.API`."""
from __future__ import annotations

from server.api import (
    filters,
    filters_v1,
    interactions,
    lists,
    media,
    polls,
    scheduled,
    search,
    shelves,
    statuses,
    tags,
    timelines,
    trends,
)
from server.api.answers import Nothing
from server.api.door import Endpoint
from server.api.entities import filter as filter_entities
from server.api.entities.account import Account
from server.api.entities.media import MediaAttachment
from server.api.entities.poll import Poll
from server.api.entities.scheduled import ScheduledStatus
from server.api.entities.status import Status
from server.api.entities.tag import FeaturedTag, Tag
from server.api.filters import GivenPost, GivenWord, MakeFilter
from server.api.paging import AccountsWindow, Window
from server.api.writing import PostStatus

STATUSES: tuple[Endpoint, ...] = (
    # messages
    Endpoint("POST", "/api/v1/statuses", statuses.post_status, "write:statuses", PostStatus, Status | ScheduledStatus),
    Endpoint("GET", "/api/v1/statuses", statuses.show_many, "read:statuses", statuses.ManyStatuses, list[Status], visitors=True),
    Endpoint("GET", "/api/v1/statuses/{id}", statuses.show, "read:statuses", gives=Status, visitors=True),
    Endpoint("PUT", "/api/v1/statuses/{id}", statuses.edit, "write:statuses", statuses.EditStatus, Status),
    Endpoint("DELETE", "/api/v1/statuses/{id}", statuses.delete, "write:statuses", statuses.DeleteStatus, Status),
    Endpoint("GET", "/api/v1/statuses/{id}/context", statuses.context, "read:statuses", gives=statuses.Context, visitors=True),
    Endpoint("GET", "/api/v1/statuses/{id}/source", statuses.source, "read:statuses", gives=statuses.StatusSource),
    Endpoint("GET", "/api/v1/statuses/{id}/history", statuses.history, "read:statuses",
             gives=list[statuses.StatusEdit], visitors=True),
    Endpoint("GET", "/api/v1/statuses/{id}/favourited_by", interactions.favourited_by, "read:accounts",
             AccountsWindow, list[Account]),
    Endpoint("GET", "/api/v1/statuses/{id}/reblogged_by", interactions.reblogged_by, "read:accounts", AccountsWindow,
             list[Account]),
    Endpoint("GET", "/api/v1/statuses/{id}/quotes", interactions.quotes, "read:statuses", Window, list[Status]),
    Endpoint("POST", "/api/v1/statuses/{id}/quotes/{quoting_id}/revoke", interactions.revoke_quote, "write:statuses",
             gives=Status),
    Endpoint("PUT", "/api/v1/statuses/{id}/interaction_policy", statuses.set_quote_policy, "write:statuses",
             statuses.QuotePolicy, Status),
    Endpoint("POST", "/api/v1/statuses/{id}/translate", statuses.translate, "read:statuses"),
    Endpoint("POST", "/api/v1/statuses/{id}/reblog", interactions.reblog, "write:statuses", interactions.PassOn, Status),
    *(Endpoint("POST", f"/api/v1/statuses/{{id}}/{verb}", handler, scope, gives=Status) for verb, handler, scope in (
        ("favourite", interactions.favourite, "write:favourites"), ("unfavourite", interactions.unfavourite, "write:favourites"),
        ("unreblog", interactions.unreblog, "write:statuses"),
        ("bookmark", interactions.bookmark, "write:bookmarks"), ("unbookmark", interactions.unbookmark, "write:bookmarks"),
        ("pin", interactions.pin, "write:accounts"), ("unpin", interactions.unpin, "write:accounts"),
        ("mute", interactions.mute, "write:mutes"), ("unmute", interactions.unmute, "write:mutes"))),
    Endpoint("GET", "/api/v1/bookmarks", shelves.bookmarks, "read:bookmarks", Window, list[Status]),
    Endpoint("GET", "/api/v1/favourites", shelves.favourites, "read:favourites", Window, list[Status]),
    # images
    Endpoint("POST", "/api/v2/media", media.upload_later, "write:media", media.Upload, MediaAttachment),
    Endpoint("POST", "/api/v1/media", media.upload, "write:media", media.Upload, MediaAttachment),
    Endpoint("GET", "/api/v1/media/{id}", media.show, "write:media", gives=MediaAttachment),
    Endpoint("PUT", "/api/v1/media/{id}", media.change, "write:media", media.ChangeMedia, MediaAttachment),
    Endpoint("DELETE", "/api/v1/media/{id}", media.delete, "write:media", gives=Nothing),
    # questions
    Endpoint("GET", "/api/v1/polls/{id}", polls.show, "read:statuses", gives=Poll, visitors=True),
    Endpoint("POST", "/api/v1/polls/{id}/votes", polls.vote, "write:statuses", polls.CastVotes, Poll),
    # messages for later
    Endpoint("GET", "/api/v1/scheduled_statuses", scheduled.show_all, "read:statuses", Window, list[ScheduledStatus]),
    Endpoint("GET", "/api/v1/scheduled_statuses/{id}", scheduled.show, "read:statuses", gives=ScheduledStatus),
    Endpoint("PUT", "/api/v1/scheduled_statuses/{id}", scheduled.change, "write:statuses", scheduled.Reschedule, ScheduledStatus),
    Endpoint("DELETE", "/api/v1/scheduled_statuses/{id}", scheduled.delete, "write:statuses", gives=Nothing),
    # lists of messages
    Endpoint("GET", "/api/v1/timelines/home", timelines.home, "read:statuses", Window, list[Status]),
    Endpoint("GET", "/api/v1/timelines/public", timelines.public, "read:statuses", timelines.PublicWindow, list[Status]),
    Endpoint("GET", "/api/v1/timelines/tag/{name}", timelines.tag, "read:statuses", timelines.TagWindow, list[Status]),
    Endpoint("GET", "/api/v1/timelines/list/{id}", timelines.people, "read:lists", Window, list[Status]),
    Endpoint("GET", "/api/v1/timelines/link", timelines.link, "read:statuses", Window, list[Status]),
    Endpoint("GET", "/api/v1/accounts/{id}/statuses", timelines.of_account, "read:statuses", timelines.PersonWindow,
             list[Status]),
    # lists of people
    Endpoint("GET", "/api/v1/lists", lists.show_all, "read:lists", gives=list[lists.ListOfPeople]),
    Endpoint("POST", "/api/v1/lists", lists.make, "write:lists", lists.MakeList, lists.ListOfPeople),
    Endpoint("GET", "/api/v1/lists/{id}", lists.show, "read:lists", gives=lists.ListOfPeople),
    Endpoint("PUT", "/api/v1/lists/{id}", lists.change, "write:lists", lists.MakeList, lists.ListOfPeople),
    Endpoint("DELETE", "/api/v1/lists/{id}", lists.delete, "write:lists", gives=Nothing),
    Endpoint("GET", "/api/v1/lists/{id}/accounts", lists.people, "read:lists", AccountsWindow, list[Account]),
    Endpoint("POST", "/api/v1/lists/{id}/accounts", lists.add, "write:lists", lists.ListAccounts, Nothing),
    Endpoint("DELETE", "/api/v1/lists/{id}/accounts", lists.remove, "write:lists", lists.ListAccounts, Nothing),
    Endpoint("GET", "/api/v1/accounts/{id}/lists", lists.of_account, "read:lists", gives=list[lists.ListOfPeople]),
    # filters: one keyword or one message first, so that "keywords" is no id
    Endpoint("GET", "/api/v2/filters", filters.show_all, "read:filters", gives=list[filter_entities.Filter]),
    Endpoint("POST", "/api/v2/filters", filters.make, "write:filters", MakeFilter, filter_entities.Filter),
    Endpoint("GET", "/api/v2/filters/keywords/{id}", filters.show_keyword, "read:filters", gives=filter_entities.Keyword),
    Endpoint("PUT", "/api/v2/filters/keywords/{id}", filters.change_keyword, "write:filters", GivenWord, filter_entities.Keyword),
    Endpoint("DELETE", "/api/v2/filters/keywords/{id}", filters.delete_keyword, "write:filters", gives=Nothing),
    Endpoint("GET", "/api/v2/filters/statuses/{id}", filters.show_post, "read:filters", gives=filter_entities.FilterStatus),
    Endpoint("DELETE", "/api/v2/filters/statuses/{id}", filters.delete_post, "write:filters", gives=Nothing),
    Endpoint("GET", "/api/v2/filters/{id}", filters.show, "read:filters", gives=filter_entities.Filter),
    Endpoint("PUT", "/api/v2/filters/{id}", filters.change, "write:filters", MakeFilter, filter_entities.Filter),
    Endpoint("DELETE", "/api/v2/filters/{id}", filters.delete, "write:filters", gives=Nothing),
    Endpoint("GET", "/api/v2/filters/{id}/keywords", filters.keywords, "read:filters", gives=list[filter_entities.Keyword]),
    Endpoint("POST", "/api/v2/filters/{id}/keywords", filters.add_keyword, "write:filters", GivenWord, filter_entities.Keyword),
    Endpoint("GET", "/api/v2/filters/{id}/statuses", filters.posts, "read:filters", gives=list[filter_entities.FilterStatus]),
    Endpoint("POST", "/api/v2/filters/{id}/statuses", filters.add_post, "write:filters", GivenPost, filter_entities.FilterStatus),
    Endpoint("GET", "/api/v1/filters", filters_v1.show_all, "read:filters", gives=list[filter_entities.V1Filter]),
    Endpoint("POST", "/api/v1/filters", filters_v1.make, "write:filters", filters_v1.MakeV1Filter, filter_entities.V1Filter),
    Endpoint("GET", "/api/v1/filters/{id}", filters_v1.show, "read:filters", gives=filter_entities.V1Filter),
    Endpoint("PUT", "/api/v1/filters/{id}", filters_v1.change, "write:filters", filters_v1.MakeV1Filter,
             filter_entities.V1Filter),
    Endpoint("DELETE", "/api/v1/filters/{id}", filters_v1.delete, "write:filters", gives=Nothing),
    # tags
    Endpoint("GET", "/api/v1/tags/{name}", tags.show, "read:follows", gives=Tag, visitors=True),
    Endpoint("POST", "/api/v1/tags/{name}/follow", tags.follow, "write:follows", gives=Tag),
    Endpoint("POST", "/api/v1/tags/{name}/unfollow", tags.unfollow, "write:follows", gives=Tag),
    Endpoint("POST", "/api/v1/tags/{name}/feature", tags.feature_named, "write:accounts", gives=Tag),
    Endpoint("POST", "/api/v1/tags/{name}/unfeature", tags.unfeature_named, "write:accounts", gives=Tag),
    Endpoint("GET", "/api/v1/followed_tags", tags.followed, "read:follows", tags.FollowedWindow, list[Tag]),
    Endpoint("GET", "/api/v1/featured_tags", tags.featured, "read:accounts", gives=list[FeaturedTag]),
    Endpoint("POST", "/api/v1/featured_tags", tags.feature, "write:accounts", tags.FeatureTag, FeaturedTag),
    Endpoint("GET", "/api/v1/featured_tags/suggestions", tags.suggestions, "read:accounts", gives=list[Tag]),
    Endpoint("DELETE", "/api/v1/featured_tags/{id}", tags.unfeature, "write:accounts", gives=Nothing),
    Endpoint("GET", "/api/v1/accounts/{id}/featured_tags", tags.featured_by, "read:accounts", gives=list[FeaturedTag]),
    *(Endpoint("GET", f"/api/v1/trends{kind}", trends.nothing, "read:statuses", Window, list[Nothing], visitors=True)
      for kind in ("", "/tags", "/statuses", "/links")),
    # search
    Endpoint("GET", "/api/v2/search", search.show, "read:search", search.SearchFor, search.SearchResult),
)
