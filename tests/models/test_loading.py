"""Rows that were made into models by hand are those that Tortoise makes."""
from __future__ import annotations

from datetime import timedelta

from tortoise.context import TortoiseContext

from models import Actor, Announce, DailyNumber, Member, Post, Session, clock
from models.database import tuples
from models.loading import makers, selected
from models.post import Note, Voice
from models.reach import Reach


async def test_a_model_made_of_a_row_is_the_one_that_tortoise_makes(db: object) -> None:
    now = clock.now()
    actor = await Actor.create(uri="https://a.example/1", name="ada", host="a.example", inbox_uri="https://a.example/in",
                               deleted_at=None,
                               details=[{"name": "Città", "value": "<b>x</b>"}], aliases=[], allows_quotes=True, fetched_at=now)
    post = await Post.create(uri="https://a.example/p", author=actor, reach=Reach.PARTNERS, voice=Voice.QUESTION, note=Note.DEATH,
                             sensitive=True, translations={"fr": "<p>é</p>"}, conversation="c", held_until=now, html="<p>x</p>")
    await Announce.create(uri="https://a.example/a", actor=actor, post=post, reach=Reach.WEB)
    member = await Member.create(actor=actor, email="a@mail.example", reading={"notes": {"death": "hide"}, "rest": True})
    await Session.create(member=member, token_digest="d", seen_on=now.date(), expires_at=now + timedelta(days=1))
    kinds = (Actor, Post, Announce, Member, Session)
    tables = ", ".join(f'"{kind._meta.db_table}"' for kind in kinds)
    wanted = ", ".join(selected(kind, kind._meta.db_table) for kind in kinds)
    row = (await tuples(f"SELECT {wanted} FROM {tables}"))[0]  # noqa: S608
    for kind, make in zip(kinds, makers(*kinds), strict=True):
        theirs, ours = await kind.get(), make(row)
        assert {name: (type(value), value) for name, value in vars(ours).items()} == \
               {name: (type(value), value) for name, value in vars(theirs).items()}
        assert ours == theirs
    changed = makers(*kinds)[1](row)
    await changed.change(title="Another")
    assert (await Post.get()).title == "Another" and await changed.author == actor


async def test_every_table_can_be_asked_by_each_of_its_columns(db: TortoiseContext) -> None:
    """Whatever its name is: a column called `day` is no condition on a date."""
    for model in db.apps.get_models_iterable() if db.apps else ():
        asked = model._meta.filters
        for column in model._meta.fields_map.keys() - model._meta.fetch_fields:
            assert column in asked and f"{column}__isnull" in asked, (model, column)
            assert asked[column]["source_field"] == asked[f"{column}__isnull"]["source_field"]
        assert asked["pk"]["source_field"] == asked[model._meta.pk_attr]["source_field"]
    assert not any(name in Post._meta.filters for name in ("author", "author__isnull", "author__name", "nothing", "nothing__not"))
    assert not await DailyNumber.filter(day__gte=clock.now().date(), day__isnull=False).exists()
    assert not await DailyNumber.filter(day=clock.now().date()).exists()
