"""Which member names can be had."""
from __future__ import annotations

import pytest
from tortoise.context import TortoiseContext

from models import Actor, Member
from models.member import Role
from server.actions import names
from server.words.language import gettext_for

_ = gettext_for("en")


async def actor(name: str, role: Role = Role.MEMBER, host: str = "") -> None:
    """Somebody who has a name."""
    made = await Actor.create(uri=f"http://x/{host}{name}", name=name, host=host, inbox_uri="http://x/inbox")
    if not host:
        await Member.create(actor=made, role=role)


@pytest.mark.parametrize("name", ["ourse", "petite.ourse", "a-b", "x_y", "abc", "a1b", "o" * 30])
async def test_ordinary_names_can_be_had(db: TortoiseContext, name: str) -> None:
    assert await names.fault(name, _) == ""


@pytest.mark.parametrize("name", [
    "", "ab", "o" * 31, "élan", "a b", "a@b", "../etc", ".ourse", "ourse.", "a..b", "a/b", "Ourse", "<b>x</b>", "ourse\n",
    "admin", "root", "adm1n", "a.d.m.i.n", "m0derator", "support", "inbox", "equipe", "dazz1e"])
async def test_others_are_refused_in_words(db: TortoiseContext, name: str) -> None:
    assert await names.fault(name, _)


async def test_a_name_is_given_once_and_names_elsewhere_do_not_count(db: TortoiseContext) -> None:
    await actor("ourse")
    await actor("zebre", host="elsewhere.example")
    assert "already" in await names.fault("ourse", _)
    assert await names.fault("zebre", _) == ""


async def test_nobody_can_look_like_the_team(db: TortoiseContext) -> None:
    await actor("marie.curie", Role.MODERATOR)
    await actor("lola")
    assert "team" in await names.fault("rnarie_cur1e", _)
    assert await names.fault("l0la", _) == ""


def test_names_are_kept_in_one_spelling() -> None:
    assert names.normal(" @Petite.Ourse ") == "petite.ourse"
