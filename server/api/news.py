"""The endpoints of what is new: notices, how far somebody has read, conversations with named people, streams and pushes."""
from __future__ import annotations

from server.api import (
    conversations,
    grouped_notifications,
    markers,
    notification_policy,
    notifications,
    push,
    streaming,
)
from server.api.answers import Nothing
from server.api.conversations import Conversation
from server.api.door import ANYBODY, Endpoint
from server.api.entities.account import Account
from server.api.entities.notification import GroupedNotifications, ShownNotification
from server.api.grouped_notifications import CountingGroups, WantedGroups
from server.api.notification_policy import (
    Merged,
    OldPolicy,
    Policy,
    Request,
    Senders,
    ShownOldPolicy,
    ShownPolicy,
)
from server.api.notifications import Count, Counting, Dismissed, Wanted
from server.api.paging import Window
from server.api.push import WebPushSubscription

READ, WRITE = "read:notifications", "write:notifications"
_ONE, _TWO = "/api/v1/notifications", "/api/v2/notifications"

NEWS: tuple[Endpoint, ...] = (
    # notices, one by one
    Endpoint("GET", _ONE, notifications.show, READ, Wanted, list[ShownNotification]),
    Endpoint("GET", f"{_ONE}/unread_count", notifications.unread_count, READ, Counting, Count),
    Endpoint("POST", f"{_ONE}/clear", notifications.clear, WRITE, gives=Nothing),
    Endpoint("POST", f"{_ONE}/dismiss", notifications.dismiss_named, WRITE, Dismissed, Nothing),
    # whose notices are kept apart
    Endpoint("GET", f"{_ONE}/policy", notification_policy.show_old, READ, gives=ShownOldPolicy),
    Endpoint("PUT", f"{_ONE}/policy", notification_policy.change_old, WRITE, OldPolicy, ShownOldPolicy),
    Endpoint("GET", f"{_TWO}/policy", notification_policy.show, READ, gives=ShownPolicy),
    Endpoint("PATCH", f"{_TWO}/policy", notification_policy.change, WRITE, Policy, ShownPolicy),
    Endpoint("GET", f"{_ONE}/requests", notification_policy.requests, READ, Window, list[Request]),
    Endpoint("GET", f"{_ONE}/requests/merged", notification_policy.merged, READ, gives=Merged),
    Endpoint("POST", f"{_ONE}/requests/accept", notification_policy.accept, WRITE, Senders, Nothing),
    Endpoint("POST", f"{_ONE}/requests/dismiss", notification_policy.dismiss, WRITE, Senders, Nothing),
    Endpoint("GET", f"{_ONE}/requests/{{id}}", notification_policy.one_request, READ, gives=Request),
    Endpoint("POST", f"{_ONE}/requests/{{id}}/accept", notification_policy.accept_one, WRITE, gives=Nothing),
    Endpoint("POST", f"{_ONE}/requests/{{id}}/dismiss", notification_policy.dismiss_one, WRITE, gives=Nothing),
    Endpoint("GET", f"{_ONE}/{{id}}", notifications.show_one, READ, gives=ShownNotification),
    Endpoint("POST", f"{_ONE}/{{id}}/dismiss", notifications.dismiss, WRITE, gives=Nothing),
    # notices in groups
    Endpoint("GET", _TWO, grouped_notifications.show, READ, WantedGroups, GroupedNotifications),
    Endpoint("GET", f"{_TWO}/unread_count", grouped_notifications.unread_count, READ, CountingGroups, Count),
    Endpoint("GET", f"{_TWO}/{{group_key}}", grouped_notifications.show_one, READ, gives=GroupedNotifications),
    Endpoint("GET", f"{_TWO}/{{group_key}}/accounts", grouped_notifications.accounts, READ, gives=list[Account]),
    Endpoint("POST", f"{_TWO}/{{group_key}}/dismiss", grouped_notifications.dismiss, WRITE, gives=Nothing),
    # how far somebody has read
    Endpoint("GET", "/api/v1/markers", markers.show, "read:statuses", markers.Asked, markers.Markers),
    Endpoint("POST", "/api/v1/markers", markers.save, "write:statuses", markers.Places, markers.Markers),
    # conversations with named people
    Endpoint("GET", "/api/v1/conversations", conversations.show, "read:statuses", Window, list[Conversation]),
    Endpoint("POST", "/api/v1/conversations/{id}/read", conversations.read, "write:conversations", gives=Conversation),
    Endpoint("DELETE", "/api/v1/conversations/{id}", conversations.put_away, "write:conversations", gives=Nothing),
    # where apps want to be woken
    Endpoint("GET", "/api/v1/push/subscription", push.show, "push", gives=WebPushSubscription),
    Endpoint("POST", "/api/v1/push/subscription", push.subscribe, "push", push.Subscribing, WebPushSubscription),
    Endpoint("PUT", "/api/v1/push/subscription", push.change, "push", push.Changing, WebPushSubscription),
    Endpoint("DELETE", "/api/v1/push/subscription", push.unsubscribe, "push", gives=Nothing),
    # news as they happen: the token may stand in the address here, so the handlers ask for it
    Endpoint("GET", "/api/v1/streaming", streaming.socket, ANYBODY, streaming.Asked),
    Endpoint("GET", "/api/v1/streaming/health", streaming.health, ANYBODY),
    *(Endpoint("GET", f"/api/v1/streaming/{path}", streaming.events, ANYBODY, streaming.Asked) for path in streaming.PATHS),
)
