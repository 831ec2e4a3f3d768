"""What a community says of itself where its host has written nothing yet, and who runs it."""
from __future__ import annotations

from dataclasses import dataclass

from models import Community, Member
from models.member import MemberState, Role
from server.views import PersonView
from server.words.language import gettext_for
from server.words.wording import role_name


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who runs the community, and where its data are."""

    name: str
    association: str
    place: str
    contact: str
    condition: str
    about: str  # Markdown in the reader's language
    team: tuple[PersonView, ...] = ()


def rules_of(community: Community, lang: str) -> tuple[str, ...]:
    """The rules in the reader's language, in those of another one, or the five that we propose."""
    written = community.rules.get(lang) or next((rules for rules in community.rules.values() if rules), None)
    _ = gettext_for(lang)
    return tuple(written or (
        _("Be kind. Everybody here has hard days."),
        _("Tell your own story. Nobody here replaces a doctor."),
        _("What you read here stays here. Do not copy it elsewhere."),
        _("Nothing is sold here: no treatment, no product, no request for money."),
        _("When something worries you, write to the team. People read it."),
    ))


async def team_of(lang: str) -> tuple[PersonView, ...]:
    """The people of the team, as cards."""
    staff = Member.filter(role__in=[Role.HOST, Role.MODERATOR], state=MemberState.ACTIVE)
    _ = gettext_for(lang)
    return tuple(PersonView(name=member.actor.name, address=member.actor.address, display_name=member.actor.shown_name,
                            coat=member.actor.key, url=f"/@{member.actor.name}", role_label=role_name(member.role, _))
                 for member in await staff.select_related("actor").order_by("id"))
