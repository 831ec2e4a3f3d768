"""Who will read it: the composer's choices, each with readers, copies and erasing in words, computed now."""
from __future__ import annotations

from collections.abc import Sequence

from federation.audience import hosts_reached
from models import Actor, Community, Host, Member, Post
from models.member import MemberState
from models.post import Quotable
from models.reach import Reach
from moderation import counts
from server.views import AudienceOption, Fact
from server.words.language import Words, number
from server.words.wording import reach_name

NAMED_LIMIT = 5


def allowed(community: Community, parent: Post | None, quoted: Post | None = None) -> list[Reach]:
    """What a member may choose: up to the community's ceiling, and not wider than what it answers or quotes. A quote is for
    the community at least, and leaves it where its author has to be asked.
    """
    widest = community.ceiling
    for one in (parent, quoted):
        widest = widest.narrowed_to(one.reach) if one else widest
    asks = quoted is not None and quoted.quotable in (Quotable.ASKED, Quotable.FOLLOWERS)
    answering = Reach.CIRCLE.narrowed_to(parent.reach) if parent else Reach.ME
    narrowest = Reach.PARTNERS if asks else Reach.COMMUNITY if quoted else answering
    return [reach for reach in Reach if narrowest.level <= reach.level <= widest.level]


def suggested(member: Member, community: Community, parent: Post | None) -> Reach:
    """The choice before the member chooses. An answer goes where its message went, so that its writer can read it;
    the whole web is never a suggestion.
    """
    if parent is None:
        return member.default_reach.narrowed_to(community.ceiling).narrowed_to(Reach.PARTNERS)
    here = parent.reach if not parent.author.is_local else parent.reach.narrowed_to(member.default_reach)
    lowest = Reach.CIRCLE if here is Reach.ME else here
    return lowest.narrowed_to(community.ceiling).narrowed_to(Reach.PARTNERS)


async def options(author: Actor, community: Community, chosen: Reach, parent: Post | None, recipients: Sequence[Actor],
                  _: Words, lang: str, quoted: Post | None = None) -> tuple[AudienceOption, ...]:
    """The cards of the audience chooser, narrow to wide."""
    number_here = await counts.of_today("members", Member.filter(state=MemberState.ACTIVE).count)
    members = counts.inside(number_here, counts.Thresholds.of(community).inside)
    made = []
    for reach in allowed(community, parent, quoted):
        circle = recipients if reach is Reach.CIRCLE else ()
        hosts = await hosts_reached(author, reach, circle, parent)
        readers = _readers(reach, members, recipients, hosts, _, lang)
        copies = _copies(reach, hosts, community, _)
        facts = (Fact(term=_("Readers"), text=readers), Fact(term=_("Copies"), text=copies),
                 Fact(term=_("Erasing"), text=_erasing(reach, hosts, _)))
        made.append(AudienceOption(
            value=reach, level=reach.level, title=reach_name(reach, _), hint=_hint(reach, community, _), facts=facts,
            button=_button(reach, bool(parent), _), says=f"{readers.rstrip('.')} · {copies}", checked=reach is chosen))
    return tuple(made)


def _hint(reach: Reach, community: Community, _: Words) -> str:
    return {
        Reach.ME: _("A note that nobody else reads"),
        Reach.CIRCLE: _("Only the people you name"),
        Reach.COMMUNITY: _("The members of %(community)s", community=community.name),
        Reach.PARTNERS: _("Also members of our partner communities"),
        Reach.WEB: _("Anybody, even without an account"),
    }[reach]


def _readers(reach: Reach, members: int | None, recipients: Sequence[Actor], hosts: Sequence[Host], _: Words, lang: str) -> str:
    here = _("a few members here")
    if members is not None:
        here = _("about %(count)s members here", count=number(members, lang))
    if reach is Reach.ME:
        return _("You")
    if reach is Reach.CIRCLE:
        names = ", ".join(actor.shown_name for actor in recipients[:NAMED_LIMIT])
        more = len(recipients) - NAMED_LIMIT
        if more > 0:
            return _("You, %(names)s and %(more)s more", names=names, more=more)
        return _("You and %(names)s", names=names) if names else _("You and the people you name below")
    if reach is Reach.COMMUNITY:
        return _("Members only: %(here)s. No search engines.", here=here)
    if reach is Reach.PARTNERS:
        if not hosts:
            return _("Members only: %(here)s. Nobody follows you from a partner community yet.", here=here)
        return _("Members: %(here)s, and your followers in %(communities)s", here=here, communities=_titles(hosts, _))
    return _("Anybody: an employer, an insurer, search engines, robots")


def _titles(hosts: Sequence[Host], _: Words) -> str:
    names = ", ".join(host.title or host.name for host in hosts[:NAMED_LIMIT])
    more = len(hosts) - NAMED_LIMIT
    return _("%(names)s and %(more)s more", names=names, more=more) if more > 0 else names


def _copies(reach: Reach, hosts: Sequence[Host], community: Community, _: Words) -> str:
    if reach is Reach.WEB:
        return _("Nobody knows how many")
    ours = _("1 server, ours, in %(place)s", place=community.place) if community.place else _("1 server, ours")
    if not hosts:
        return ours
    others, count = _titles(hosts, _), len(hosts) + 1
    return _.ngettext("%(num)d server: ours and %(others)s", "%(num)d servers: ours and %(others)s", count, others=others)


def _erasing(reach: Reach, hosts: Sequence[Host], _: Words) -> str:
    if reach is Reach.WEB:
        return _("We ask everywhere. Nobody can promise it.")
    if hosts:
        return _("At once here. Other servers are asked, and you see what they answer.")
    return _("At once and completely")


def _button(reach: Reach, is_reply: bool, _: Words) -> str:
    if is_reply and reach is not Reach.ME:
        return {
            Reach.CIRCLE: _("Answer the people named"),
            Reach.COMMUNITY: _("Answer in my community"),
            Reach.PARTNERS: _("Answer for partner communities too"),
            Reach.WEB: _("Answer on the whole web"),
        }[reach]
    return {
        Reach.ME: _("Keep for me"),
        Reach.CIRCLE: _("Send to my circle"),
        Reach.COMMUNITY: _("Publish for my community"),
        Reach.PARTNERS: _("Publish for partner communities too"),
        Reach.WEB: _("Publish on the whole web"),
    }[reach]
