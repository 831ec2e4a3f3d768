"""Member names: which ones can be had."""
from __future__ import annotations

import re

from models import Actor, Departure, Member
from models.ids import digest
from models.member import Role
from server.actions import bars
from server.words.language import Words

SHORTEST = 3
LONGEST = 30
_SHAPE = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
#: Names that speak for the community or the machine, in the languages of the interface, and RFC 2142.
RESERVED = frozenset("""
    abuse admin administrateur administration administrator association bot community communaute contact dazzle equipe everyone
    help hostmaster inbox info instance legal mailer-daemon mod moderateur moderation moderator modo noreply no-reply official
    officiel outbox owner postmaster privacy root security securite staff support system systeme team webmaster
    home people compose notices settings signin signout join invite welcome about rules crisis accessibility static media
""".split())
_TWINS = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", ".": None, "_": None, "-": None})


def skeleton(name: str) -> str:
    """What is left of a name when look-alike letters count as one (after Unicode TS 39, for the letters we have)."""
    return name.lower().translate(_TWINS).replace("rn", "m").replace("vv", "w")


_RESERVED_SKELETONS = frozenset(map(skeleton, RESERVED))


def normal(typed: str) -> str:
    """A name as it is kept: lower case, without spaces around it and without a leading "@"."""
    return typed.strip().removeprefix("@").lower()


async def fault(name: str, _: Words) -> str:
    """What is wrong with a wanted name, in words, or "". Names of members who left are not given again."""
    if not SHORTEST <= len(name) <= LONGEST:
        return _("Choose a name of %(least)s to %(most)s characters.", least=SHORTEST, most=LONGEST)
    if not _SHAPE.fullmatch(name) or ".." in name:
        return _("Use letters without accents, digits, and . _ - between them.")
    if skeleton(name) in _RESERVED_SKELETONS:
        return _("This name is kept for the community. Choose another one.")
    taken = await Actor.exists(name=name, host="") or await Departure.exists(name_digest=digest(name))
    if taken or await bars.covers(name):
        return _("Somebody has this name already. Choose another one.")
    if await _looks_like_staff(name):
        return _("This name looks like that of somebody of the team. Choose another one.")
    return ""


async def _looks_like_staff(name: str) -> bool:
    team = await Member.filter(role__in=[Role.MODERATOR, Role.HOST]).select_related("actor")
    return skeleton(name) in {skeleton(member.actor.name) for member in team}
