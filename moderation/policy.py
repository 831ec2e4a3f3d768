"""The rule book: one table, read from top to bottom. Rules are pure functions over loaded facts."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from models.actor import Organisation
from models.host import Standing
from models.reach import Reach
from moderation import hosts

#: What the author of a message elsewhere may withhold, as `interactionPolicy` names it.
CAN_REPLY, CAN_LIKE, CAN_ANNOUNCE = "canReply", "canLike", "canAnnounce"


class Verb(StrEnum):
    """What someone may want to do."""

    FOLLOW = "follow"
    PUBLISH = "publish"
    ANSWER = "answer"
    LIKE = "like"
    VOTE = "vote"  # to choose an answer to a question
    QUOTE = "quote"
    FEATURE = "feature"  # to put somebody on a list for others to find
    ANNOUNCE = "announce"
    NAME = "name"  # to address or mention someone
    SEARCH = "search"  # to look for people, in any list of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a rule may look at. Loaded by `moderation.facts`, so that rules never touch the database.

    The standing of our own server is PARTNER. `crosses` tells that doer and target live on two servers.
    `consents`: every member of ours whose data would leave has said yes to that.
    """

    doer_standing: Standing = Standing.PARTNER
    target_standing: Standing = Standing.PARTNER
    doer_present: bool = True
    doer_writes: bool = True  # the team has not paused their writing
    target_present: bool = True
    target_moved: bool = False  # to another account, which is the one to follow
    crosses: bool = False
    consents: bool = True
    blocked: bool = False
    sees_post: bool = True
    reach: Reach = Reach.COMMUNITY
    parent_reach: Reach = Reach.WEB
    ceiling: Reach = Reach.WEB
    allows_quotes: bool = False  # the target lets this doer quote what is for the whole web
    is_settled: bool = False  # the team has closed the conversation of the message
    is_kept_back: bool = False  # the message waits for a yes, or is hidden: its writer alone sees it
    is_own: bool = False  # the doer's own message
    organisation: Organisation = Organisation.NONE  # what the doer is, where that is no person
    is_known_to_target: bool = False  # the target follows the doer, or wrote to them
    addresses_doer: bool = False  # the message is the doer's own, or names them
    asks_first: bool = False  # the message's author, elsewhere, has to let this answer of ours
    withheld: frozenset[str] = frozenset()  # what the message's author, elsewhere, does not let the doer do: "canReply" …


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with the reason. Truthy when allowed."""

    reason: str | None = None

    def __bool__(self) -> bool:
        return self.reason is None


Rule = Callable[[Facts], str | None]  # None, or the reason against


def hosts_in_good_standing(facts: Facts) -> str | None:
    """Both servers are ones that we exchange with."""
    return None if hosts.is_heard(facts.doer_standing) and hosts.is_heard(facts.target_standing) else "host"


def both_present(facts: Facts) -> str | None:
    """Neither is suspended or gone."""
    return None if facts.doer_present and facts.target_present else "gone"


def may_write(facts: Facts) -> str | None:
    """The team has not paused what the doer writes."""
    return None if facts.doer_writes else "frozen"


def has_not_moved(facts: Facts) -> str | None:
    """Nobody reads an account that was left for another; Mastodon refuses the same way."""
    return "moved" if facts.target_moved else None


def no_block(facts: Facts) -> str | None:
    """Neither side blocks the other, nor our side the server of the other."""
    return "blocked" if facts.blocked else None


def said_yes_to_leaving(facts: Facts) -> str | None:
    """Nothing of a member leaves this server without that member's yes (C5)."""
    return None if facts.consents or not (facts.crosses or facts.reach.leaves) else "consent"


def agreed_if_it_crosses(facts: Facts) -> str | None:
    """An act between two servers needs the yes of our member (C5), whatever its reach."""
    return None if facts.consents or not facts.crosses else "consent"


def within_the_ceiling(facts: Facts) -> str | None:
    """Not wider than the community's host allows."""
    return "ceiling" if facts.reach.level > facts.ceiling.level else None


def not_wider_than_the_parent(facts: Facts) -> str | None:
    """A reply or a passing-on is never wider than the message itself."""
    return "wider" if facts.reach.level > facts.parent_reach.level else None


def the_post_is_seen(facts: Facts) -> str | None:
    """One can only answer, thank for or pass on what one may see."""
    return None if facts.sees_post else "unseen"


def still_open(facts: Facts) -> str | None:
    """The team has not closed the conversation."""
    return "settled" if facts.is_settled else None


def let_answer(facts: Facts) -> str | None:
    """Its author elsewhere takes answers of this person: others would be shown to nobody there (GoToSocial)."""
    return "unanswerable" if CAN_REPLY in facts.withheld else None


def the_answered_may_be_asked(facts: Facts) -> str | None:
    """Who has to let an answer is sent it: it must be one that may go to their server, else it would wait for ever."""
    return "unasked" if facts.asks_first and not hosts.may_receive(facts.target_standing, facts.reach) else None


def let_like(facts: Facts) -> str | None:
    """Its author elsewhere wants to hear of it."""
    return "withheld" if CAN_LIKE in facts.withheld else None


def let_pass_on(facts: Facts) -> str | None:
    """Its author elsewhere lets this person pass it on."""
    return "withheld" if CAN_ANNOUNCE in facts.withheld else None


def seen_by_others(facts: Facts) -> str | None:
    """What waits for a yes, of the team or of whom it answers, or is hidden, leaves by no other door: its address neither."""
    return "kept_back" if facts.is_kept_back else None


def more_than_a_circle(facts: Facts) -> str | None:
    """What was written to named people is not passed on."""
    return None if facts.parent_reach.level >= Reach.COMMUNITY.level else "circle"


def quotable(facts: Facts) -> str | None:
    """A quote shows a message to readers whom its author did not choose: only what is for everybody anyway, and only
    where the author lets it. One's own words one may repeat.
    """
    return None if facts.is_own or facts.parent_reach is Reach.WEB and facts.allows_quotes else "unquotable"


def quoted_openly(facts: Facts) -> str | None:
    """Not in a message for named people: its author would be asked, and learn of it."""
    return None if facts.reach.level >= Reach.COMMUNITY.level else "quoted_for_few"


def the_quoted_may_know(facts: Facts) -> str | None:
    """Whoever is quoted is asked, and so learns of the message: it must be one that may go to their server."""
    if not (facts.crosses and facts.reach.leaves) or hosts.may_receive(facts.target_standing, facts.reach):
        return None
    return "host"


def nobody_is_listed(_facts: Facts) -> str | None:
    """A list of people here is a list of people with a disease."""
    return "listed"


def opens_no_conversation(facts: Facts) -> str | None:
    """An organisation speaks to those who follow it or wrote to it, and to nobody who did not ask for that."""
    return "organisation" if facts.organisation and not facts.is_known_to_target else None


def writes_to_nobody_unasked(facts: Facts) -> str | None:
    """An organisation does not begin a message to named people."""
    return "organisation" if facts.organisation and facts.reach is Reach.CIRCLE else None


def answers_where_named(facts: Facts) -> str | None:
    """What may have something to sell answers only who wrote to it (Directive 2001/83, article 88; health.md §5)."""
    return "company" if facts.organisation.is_commercial and not facts.addresses_doer else None


def passes_on_its_own(facts: Facts) -> str | None:
    """Nor does it carry messages of others anywhere."""
    return "company" if facts.organisation.is_commercial and not facts.is_own else None


def searches_no_people(facts: Facts) -> str | None:
    """People here are found by people, and by no organisation."""
    return "organisation" if facts.organisation else None


RULES: dict[Verb, tuple[Rule, ...]] = {
    Verb.FOLLOW: (may_write, hosts_in_good_standing, both_present, has_not_moved, no_block, opens_no_conversation,
                  agreed_if_it_crosses),
    Verb.PUBLISH: (may_write, writes_to_nobody_unasked, within_the_ceiling, said_yes_to_leaving),
    Verb.ANSWER: (may_write, the_post_is_seen, seen_by_others, still_open, no_block, answers_where_named, let_answer,
                  the_answered_may_be_asked, not_wider_than_the_parent, within_the_ceiling, said_yes_to_leaving),
    Verb.LIKE: (may_write, the_post_is_seen, both_present, no_block, answers_where_named, let_like, agreed_if_it_crosses),
    Verb.VOTE: (may_write, the_post_is_seen, both_present, no_block, answers_where_named, agreed_if_it_crosses),
    Verb.QUOTE: (may_write, the_post_is_seen, seen_by_others, both_present, no_block, passes_on_its_own, agreed_if_it_crosses,
                 quotable, quoted_openly, not_wider_than_the_parent, within_the_ceiling, the_quoted_may_know),
    Verb.FEATURE: (nobody_is_listed,),
    Verb.ANNOUNCE: (may_write, the_post_is_seen, seen_by_others, both_present, no_block, passes_on_its_own, let_pass_on,
                    more_than_a_circle,
                    not_wider_than_the_parent, within_the_ceiling, said_yes_to_leaving),
    Verb.NAME: (may_write, hosts_in_good_standing, both_present, no_block, opens_no_conversation, agreed_if_it_crosses),
    Verb.SEARCH: (searches_no_people,),
}


def decide(verb: Verb, facts: Facts) -> Decision:
    """The first rule that objects decides; a verb that is not in RULES is a KeyError, not a yes."""
    return Decision(next((reason for rule in RULES[verb] if (reason := rule(facts))), None))
