"""What belongs to which list of messages, in SQL. Who may see a message is none of these: moderation.visibility says that.

A scope holds for messages ("post", "post__author") or for what was passed on ("announce", "passer", and the same).
"""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models.conditions import Condition
from models.parts import Others, Scope, Way
from models.queues import marks

FOR_MEMBERS = "'community', 'partners', 'web'"  # what a member may see of people they do not know
FOLLOWED = "SELECT target_id AS id FROM follow WHERE follower_id = ? AND accepted_at IS NOT NULL"
PASSERS = f"{FOLLOWED} AND shows_announces"
#: The same, as `models.newest` keeps them in order.
LATEST = "SELECT target_id AS id, newest_id AS newest FROM follow WHERE follower_id = ? AND accepted_at IS NOT NULL"
LATEST_OF_OURS = Condition("SELECT id, newest_id AS newest FROM actor WHERE host = ''")
#: The same of one row, by an index: to collect a thousand for a page of twenty costs more than the page.
#: IS TRUE keeps PostgreSQL from making a join of it, and that from sorting what is in order.
IS_FOLLOWED = ("EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = ? AND f.target_id = {} AND f.accepted_at IS NOT NULL{})"
               " IS TRUE")
OURS = "SELECT id FROM actor WHERE host = ''"
ON_LISTS_APART = ("SELECT p.actor_id FROM people_list l INNER JOIN listed_person p ON p.people_list_id = l.id"
                  " WHERE l.owner_id = ? AND l.is_exclusive")
SERVERS = ("host", "domain")  # of an actor: where they live, and where their address is; what is decided against either holds
BLOCKED_HOSTS = "SELECT host FROM host_block WHERE owner_id = ?"
BLOCKS = ("SELECT blocker_id FROM block WHERE target_id = ? UNION ALL SELECT target_id FROM block WHERE blocker_id = ?")
MUTED_HOSTS = "SELECT host FROM host_mute WHERE owner_id = ? AND (ends_at IS NULL OR ends_at > ?)"
MUTED = "SELECT target_id FROM mute WHERE owner_id = ? AND (ends_at IS NULL OR ends_at > ?)"
HAS_FOLLOWED_TAG = ('EXISTS (SELECT 1 FROM followed_tag WHERE owner_id = ?) AND EXISTS (SELECT 1 FROM tag t'
                    ' INNER JOIN followed_tag f ON f.name = t.name AND f.owner_id = ? WHERE t.post_id = "post"."id")')
#: What may have something to sell stands on its own page, and in the home of those who follow it (`models.actor.Organisation`).
NOT_FOR_SALE = '"post__author"."organisation" NOT IN (\'lab\', \'company\')'
NO_ANSWER = '"post"."parent_id" IS NULL AND "post"."parent_uri" = \'\''


def everything(me: int) -> Scope:
    """A member's home: messages of our people, of people they follow, to them, and with tags that they follow."""
    ours = (f'("post__author"."host" = \'\' AND "post"."reach" IN ({FOR_MEMBERS}) OR "post"."author_id" = ?)'  # noqa: S608
            f' AND "post"."parent_id" IS NULL AND {NOT_FOR_SALE}')
    to_me = '"post"."reach" = \'circle\' AND "post"."id" IN (SELECT post_id FROM recipient WHERE actor_id = ?)'
    belongs = f'{_is_followed("post", "author_id")} OR {ours} OR {to_me} OR {HAS_FOLLOWED_TAG} AND {NOT_FOR_SALE}'
    condition = Condition(f'({belongs}) AND "post"."author_id" NOT IN ({ON_LISTS_APART})', (me, me, me, me, me, me))  # noqa: S608
    tagged = "SELECT t.post_id FROM tag t INNER JOIN followed_tag f ON f.name = t.name WHERE f.owner_id = ?"
    named = "SELECT post_id FROM recipient WHERE actor_id = ?"
    others = (Others(Condition(tagged, (me,)), "t.post_id"), Others(Condition(named, (me,))))
    return Scope(condition, others, authors=Condition(f"{FOLLOWED} UNION {OURS}", (me,)),
                 latest=(Condition(LATEST, (me,)), LATEST_OF_OURS), reader=me)


def followed(me: int) -> Scope:
    """Messages of people whom a member follows."""
    condition = f'{_is_followed("post", "author_id")} AND "post"."author_id" NOT IN ({ON_LISTS_APART})'
    latest = Condition(LATEST, (me,))
    return Scope(Condition(condition, (me, me)), authors=Condition(FOLLOWED, (me,)), latest=(latest,), reader=me)


def passed_by_followed(me: int) -> Scope:
    """What those have passed on, of whom the member wants to see it."""
    followed = _is_followed("announce", "actor_id", " AND f.shows_announces")
    condition = f'{followed} AND "announce"."actor_id" NOT IN ({ON_LISTS_APART})'
    latest = Condition(f"{LATEST} AND shows_announces", (me,))
    return Scope(Condition(condition, (me, me)), authors=Condition(PASSERS, (me,)), latest=(latest,), reader=me)


def people(ids: Collection[int]) -> Scope:
    """Messages of these."""
    return _of("post", "author_id", ids)


def passed_by(ids: Collection[int]) -> Scope:
    """What these have passed on."""
    return _of("announce", "actor_id", ids)


def public(is_member: bool, is_local: bool, has_pictures: bool) -> Scope:
    """Messages for everybody here, or for the whole web; no answers. The rest says what is asked for besides."""
    reaches = FOR_MEMBERS if is_member else "'web'"
    condition = Condition(f'"post"."reach" IN ({reaches}) AND "post"."is_listed" AND {NO_ANSWER} AND {NOT_FOR_SALE}'
                          ' AND "post__author"."limited_at" IS NULL')
    if has_pictures:
        return Scope(condition, (Others(Condition("SELECT post_id FROM attachment WHERE 1 = 1"), "post_id"),))
    return Scope(condition, authors=Condition(OURS) if is_local else None)


def tagged(names: Collection[str]) -> Scope:
    """Messages with one of these tags or more."""
    having = Condition(f"SELECT post_id FROM tag WHERE name IN ({marks(len(names))})", tuple(names))  # noqa: S608
    return Scope(has_tag(names) & Condition(NOT_FOR_SALE), (Others(having, "post_id"),), Way.COLLECT)


def has_tag(names: Collection[str]) -> Condition:
    """A message has one of these tags or more."""
    having = f'EXISTS (SELECT 1 FROM tag t WHERE t.post_id = "post"."id" AND t.name IN ({marks(len(names))}))'  # noqa: S608
    return Condition(having, tuple(names))


def has_no_tag(names: Collection[str]) -> Condition:
    """It has none of them."""
    having = has_tag(names)
    return Condition(f"NOT {having.sql}", having.values)


def not_muted(me: int, column: str, actor: str, now: datetime) -> Condition:
    """The actor in a column ("post"."author_id" or the like), whose row is joined under the name `actor`, is nobody whom a member
    has muted, nor lives on a server that they have, or has their address there.
    """
    servers = " AND ".join(f'"{actor}"."{name}" NOT IN ({MUTED_HOSTS})' for name in SERVERS)
    return Condition(f"{column} NOT IN ({MUTED}) AND {servers}", (me, now) * 3)


def in_wanted_languages(me: int) -> Condition:
    """The message is in one of the languages in which a member wants to read its author, or says none."""
    unwanted = ('SELECT 1 FROM follow f WHERE f.follower_id = ? AND f.target_id = "post"."author_id" AND f.languages <> \'\''
                ' AND "post"."language" <> \'\' AND f.languages NOT LIKE \'%,\' || "post"."language" || \',%\'')
    return Condition(f"EXISTS ({unwanted}) IS FALSE", (me,))


def by_ours(yes: bool) -> Condition:
    """The author is one of our people, or is not."""
    return Condition('"post__author"."host" ' + ("= ''" if yes else "<> ''"))


def has_picture() -> Condition:
    """Something is attached to the message."""
    return Condition('EXISTS (SELECT 1 FROM attachment WHERE attachment.post_id = "post"."id")')


def is_no_answer() -> Condition:
    """It answers nothing."""
    return Condition(NO_ANSWER)


def may_be_passed_to(me: int | None) -> Condition:
    """Who passed it on is there, meant this reader (a member by actor, or a visitor) to see it, and neither blocks the other, nor
    the reader the server.
    """
    reaches = FOR_MEMBERS if me is not None else "'web'"
    there = f'"passer"."suspended_at" IS NULL AND "passer"."deleted_at" IS NULL AND "announce"."reach" IN ({reaches})'
    if me is None:
        return Condition(there)
    servers = " AND ".join(f'"passer"."{name}" NOT IN ({BLOCKED_HOSTS})' for name in SERVERS)
    return Condition(f'{there} AND "announce"."actor_id" NOT IN ({BLOCKS}) AND {servers}', (me,) * 4)


def _of(table: str, column: str, ids: Collection[int]) -> Scope:
    """For one person an index gives their rows in order; for several, rows have to be collected."""
    condition = Condition(f'"{table}"."{column}" IN ({marks(len(ids))})' if ids else "1 = 0", tuple(ids))
    if len(ids) <= 1:
        return Scope(condition, way=Way.PLAN)
    some = f"SELECT id FROM actor WHERE id IN ({marks(len(ids))})"  # noqa: S608
    return Scope(condition, authors=Condition(some, tuple(ids)))


def _is_followed(table: str, column: str, besides: str = "") -> str:
    return IS_FOLLOWED.format(f'"{table}"."{column}"', besides)

