"""Two small communities with something of everything on their pages, and the list of those pages."""
from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

from models import (
    Actor,
    Attachment,
    Case,
    Charter,
    Community,
    ConsentRecord,
    CutFollow,
    Host,
    Knock,
    Member,
    Post,
    ProfileLine,
    Statement,
    Unanswered,
    clock,
)
from models.badge import BadgeKind, Evidence
from models.case import CaseSource, Matter
from models.community import SignUp
from models.consent import Purpose
from models.database import sqlite_path
from models.guardian import Tie
from models.host import Rule, Standing
from models.host_list import ListKind
from models.ids import first_id, new_id
from models.member import MemberState, Role
from models.post import About, Note, Voice
from models.profile import Value
from models.reach import Reach
from models.rights import BroughtKind
from models.ruling import Act
from server.actions import (
    apps,
    badges,
    brought,
    charter,
    corrections,
    deaths,
    drafts,
    filters,
    follows,
    guardians,
    host_lists,
    invitations,
    mentors,
    posts,
    profile_lines,
    reactions,
    relations,
    report_answers,
    reports,
    rulings,
)
from server.actions.accounts import Newcomer
from server.actions.badges import Asked
from server.actions.drafts import Typed
from server.actions.posts import Composition
from server.actions.rulings import Decided
from server.keys import COMMUNITY, INSTANCE, MEDIA
from server.members import receipts
from server.members.takeout import Line
from server.pictures import media
from tests import catalogue
from tests.browser import picture
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known

LONG = ("Bonjour à toutes et à tous. Un **petit mot** sur le [sommeil](https://example.org/sommeil) et la #fatigue :\n\n"
        "- dormir\n- se lever\n\n> Un pas après l’autre.\n\nhttps://example.org/" + "une-adresse-tres-longue-" * 4)
LISTED = "#domain,#severity,#reject_media,#public_comment\nbad.example,suspend,true,Insultes\nweaker.example,suspend,,\n**,x,,\n"
PUBLIC = ("/", "/about", "/rules", "/help", "/crisis", "/privacy", "/accessibility", "/signin", "/signin/link", "/signin/lost",
          "/report",
          "/join/1", "/join/wait", "/moderation", "/map", "/people/professionals")
SETTINGS = tuple(f"/settings{name}" for name in ("", "/profile", "/audience", "/reading", "/language", "/blocks", "/security",
                                                  "/lines", "/lines/signs", "/lines/place", "/lines/role",
                                                  "/apps", "/badge"))


@dataclass(frozen=True, slots=True)
class Cast:
    """Two servers that are partners. `actors`: a "member", "moderator" and "host" of `here`, "long" with a name that is hard to
    fit in, and "bea" of `there`.
    """

    here: LiveServer
    there: LiveServer
    actors: dict[str, Actor]
    pages: dict[str, tuple[str, ...]]  # role -> addresses on `here`

    async def speak(self, lang: str) -> None:
        """Everybody reads in this language."""
        for server in (self.here, self.there):
            await server.ask(lambda: Member.all().update(language=lang))


@asynccontextmanager
async def empty(template: str, folder: Path) -> AsyncIterator[LiveServer]:
    """A live server that nobody has opened yet, on a copy of the template."""
    folder.mkdir()
    copyfile(sqlite_path(template), path := folder / "db.sqlite3")
    async with LiveServer(f"sqlite://{path}", folder) as server:
        yield server


@asynccontextmanager
async def cast(template: str, folder: Path) -> AsyncIterator[Cast]:
    """Both communities, live, on SQLite: pages do not depend on the database. `template`: the URL of a migrated one."""
    async with empty(template, folder / "here") as here, empty(template, folder / "there") as there:
        await here.allow(there)
        await there.allow(here)
        await _open(here, "Mélorine Ensemble", 158)
        await _open(there, "Melorin Network", 320)
        actors = {"member": await here.member("camille", display_name="Camille"),
                  "moderator": await here.member("bastien", role=Role.MODERATOR),
                  "host": await here.member("odile", role=Role.HOST), "bea": await there.member("bea", display_name="Béa"),
                  "long": await here.member("d" * 30, display_name="Donaudampfschifffahrtsgesellschaftskapitäns" + "witwe" * 3)}
        await here.member("newcomer", state=MemberState.WAITING, answer="Ma sœur vient de recevoir le diagnostic.")
        catalogue.lay(folder / "here")
        yield Cast(here, there, actors, await _fill(here, there, actors))


async def _open(server: LiveServer, name: str, hue: int) -> None:
    async def change() -> None:
        await (await Community.current()).change(
            name=name, condition="melorin deficiency", condition_words={"fr": "le déficit en mélorine"}, hue=hue,
            tagline={"fr": "Rares, et ensemble", "en": "Rare, and together"},
            about={"fr": "Une **maison**.", "en": "A **house**."}, association="Association Mélorine",
            place="Lyon, France", contact="bonjour@example.org", sign_up=SignUp.APPROVAL,
            opened_at=clock.now())
        await server.app[COMMUNITY].load()
        await charter.ensure(server.instance)
    await server.run(change())


async def _promise_less() -> None:
    """A partner whose new charter promises less than the one that was agreed."""
    ours = await Charter.newest()
    assert ours
    host = await Host.create(name="weaker.example", title="Melorin Weaker", standing=Standing.NARROWED)
    for version, days, agreed in ((1, 7, clock.now()), (2, 14, None)):
        await Charter.create(host=host.name, version=version, uri=f"https://{host.name}/charter/{version}", agreed_at=agreed,
                             digest=f"{version}" * 64, document=ours.document | {"withdrawalDays": days, "version": version})


async def _fill(here: LiveServer, there: LiveServer, actors: dict[str, Actor]) -> dict[str, tuple[str, ...]]:
    member, bea = actors["member"], actors["bea"]
    await here.run(_promise_less())
    await befriend(here, member, bea, there)
    await befriend(there, bea, member, here)
    talk = await here.write(member, LONG, voice=Voice.QUESTION, language="fr")
    news = await there.write(bea, "A word from Leeds about #fatigue", voice=Voice.EXPERIENCE, language="en")
    await settle(here, there)
    copy, from_there = await known(there, talk), await known(here, news)
    assert copy and from_there
    answer = await there.write(bea, "Thank you, it helps", parent=copy)
    await there.run(reactions.thank(bea, copy))
    await here.run(reactions.pass_on(member, from_there))
    own = await here.run(_home(here, actors))
    await settle(here, there)
    assert await known(here, answer)
    yes = await here.ask(lambda: ConsentRecord.newest(member.id, Purpose.SHARED_OUT))
    assert yes
    return _pages(talk, own, there.host, yes)


async def _servers(here: LiveServer, member: Actor, host: Actor) -> str:
    """A server that is kept out, and whom the member lost with it; one that knocks under a name like another; a list: its key."""
    shut = await Host.called("shut.example")
    await shut.decide(Rule(Standing.SUSPENDED), public_comment="Insultes répétées", reason="Insultes", obfuscates=True)
    await Knock.create(name="vveaker.example", parent="vveaker.example", kind="Follow", software="Mastodon/4.4.2")
    gone = await Actor.create(uri="https://shut.example/users/paul", name="paul", host=shut.name, inbox_uri="https://shut.example/in")
    await CutFollow.create(owner=member, other=gone, host=shut.name, event_id=new_id(), is_follower=False)
    return (await host_lists.bring(here.app[INSTANCE], "Liste d’une amie", LISTED, ListKind.BLOCKS, host)).key


async def _picture(here: LiveServer, owner: Actor, description: str) -> Attachment:
    with tempfile.TemporaryFile() as file:
        file.write(picture())
        file.seek(0)
        image = await media.receive(here.app[MEDIA], owner, file)
    image.description = description
    return image


async def _home(here: LiveServer, actors: dict[str, Actor]) -> dict[str, str]:
    """What happens among the members of `here`; the keys of messages and of a draft."""
    member, moderator, host = actors["member"], actors["moderator"], actors["host"]
    image, body = await _picture(here, member, "Un carré de jardin"), await _picture(here, member, "Ma main")
    plain = Composition(text="Vu du jardin", reach=Reach.PARTNERS, voice=Voice.EXPERIENCE, attachments=(image,), language="fr")
    edited = await posts.publish(member, plain, here.origin)
    await posts.edit(edited, Composition(text="Vu de mon jardin", reach=Reach.PARTNERS, language="fr"), {}, here.origin)
    held = await posts.publish(member, Composition(text="Pas encore parti", reach=Reach.COMMUNITY, undo_seconds=600), here.origin)
    await posts.publish(moderator, Composition(text="Un mot difficile", reach=Reach.COMMUNITY, note=Note.DEATH,
                                               warning="Deuil", is_sensitive=True, voice=Voice.INFORMATION), here.origin)
    waits = await posts.publish(member, Composition(
        text="Ma voisine est à l’hôpital", reach=Reach.COMMUNITY, about=About.SOMEONE_ELSE), here.origin)
    for text in ("Je prends 20 mg de prednisone", "La cagnotte : leetchi.com/c/lou"):
        await posts.publish(member, Composition(text=text, reach=Reach.COMMUNITY, about=About.ME), here.origin)
    shown = await posts.publish(member, Composition(text="Ma main ce matin", reach=Reach.COMMUNITY, shows_body=True,
                                                    attachments=(body,)), here.origin)
    await follows.follow(member, host)
    await follows.follow(member, actors["long"])
    await follows.follow(actors["long"], member)
    await member.change(approves_followers=True)
    await follows.follow(moderator, member)
    await relations.mute(host, moderator)
    await invitations.invite(host)
    child = await guardians.make_profile(here.origin, await Member.get(actor=member).select_related("actor"),
                                          Newcomer(name="lou", display_name="Lou"), Tie.PARENT)
    await posts.publish(child.actor, Composition(text="J’ai dessiné un chat", reach=Reach.COMMUNITY, written_by=member,
                                                 written_as=Tie.PARENT), here.origin)
    await deaths.report(host, await Member.get(actor=member), True, "Sa sœur me l’a dit.")
    me = await Member.get(actor=member).select_related("actor")
    for line, value, text in ((ProfileLine.SIGNS, Value("HP:0001166", "Arachnodactyly"), "Arachnodactyly"),
                              (ProfileLine.PLACE, Value("FR", "Rhône"), "Rhône, France")):
        await profile_lines.say(me, line, [value], (str(line), text), Reach.COMMUNITY, "fr", await Community.current(),
                                year=2026, agrees=True)
    asked = Asked(kind=BadgeKind.HEALTH, profession="Kinésithérapeute", evidence=Evidence.NPI, number="1234567893",
                  proof="https://example.org/equipe")
    badge = await badges.ask(me, asked, "fr", await Community.current(), here.origin)
    draft = await drafts.save(member, Typed(text="Une phrase à finir"))
    await corrections.ask(await Member.get(actor=member).select_related("actor"), "Mon ancien nom est encore dans un message.")
    await brought.bring(member, [Line(BroughtKind.FOLLOW, "@ana@elsewhere.example"),
                                 Line(BroughtKind.PROFILE, "Ana", {"text": "Ana, de là-bas"})])
    told = await reports.report(here.instance.actor, member, moderator, reports.Told(
        matter=Matter.PRIVACY, text="Il a écrit le nom de ma sœur."))
    await report_answers.ask(await Case.get(id=told.case_id), host, "Dans quel message ?")
    sold = await reports.report(here.instance.actor, host, member, reports.Told(
        matter=Matter.SCAM, text="Il vend une poudre.", post_ids=(edited.id,)))
    first = await Case.filter(about=member, source=CaseSource.HELD).first()
    assert first
    ruling = await rulings.rule(Decided(act=Act.NOTE, subject=member, by=host, post=edited, matter=Matter.MEDICAL, rule=2,
                                        facts="On y lit une dose.", words="Parlez-en à votre médecin."), here.app[MEDIA])
    ruled = await Statement.get(ruling_id=ruling.id)
    await (await Host.called("asks.example")).change(asked_us_at=clock.now(), title="Ceux d’ailleurs")
    listed = await _servers(here, member, host)
    dark = await _cared_for(here, actors)
    app, _ = await apps.register("Phanpy", "https://phanpy.social", [apps.NOT_HERE], ["read", "write", "push"])
    await apps.give(app, ["read", "write:statuses"], await Member.get(actor=member))
    asks = f"client_id={app.key}&redirect_uri={apps.NOT_HERE}&response_type=code&scope=read+write+push"
    return {"edited": edited.key, "held": held.key, "waits": waits.key, "draft": draft.key,
            "badge": badge.key, "shown": shown.key, "body": body.key, "asks": asks,
            "told": told.key, "case": str(sold.case_id), "waiting": str(first.id), "about": str(told.case_id),
            "ruled": str(ruled.id), "list": listed, "dark": dark}


async def _cared_for(here: LiveServer, actors: dict[str, Actor]) -> str:
    """A mentor, a filter, a message that nobody has answered for a day; the key of one with words of distress, for its writer."""
    me, host = [await Member.get(actor=actors[who]).select_related("actor") for who in ("member", "host")]
    await mentors.ask(host, actors["moderator"])
    await mentors.agree(await Member.get(id=host.id).select_related("actor"), 2)
    await mentors.seek(me)
    await filters.make(me.actor, "#chute", list(filters.Context), filters.Treatment.WARN, None,
                       [filters.Keyword(keyword="#chute")])
    asked = Composition(text="Est-ce que quelqu’un dort mal ?", reach=Reach.COMMUNITY)
    lone = await posts.publish(host.actor, asked, here.origin)
    await Unanswered.filter(post_id=lone.id).delete()
    await Unanswered.create(id=first_id(clock.now() - timedelta(days=2)), post_id=lone.id, conversation=lone.uri,
                            author_id=host.actor_id)
    dark = Composition(text="J’ai des idées noires tous les soirs.", reach=Reach.ME)
    return (await posts.publish(me.actor, dark, here.origin)).key


def _pages(talk: Post, own: dict[str, str], far: str, yes: ConsentRecord) -> dict[str, tuple[str, ...]]:
    mine = f"/m/{own['edited']}"
    data = ("/data", "/data/copies", f"/data/copies?host={far}", "/data/access",
            "/data/view-as?as=partner", "/data/view-as?as=visitor",
            f"/data/receipts/{yes.key}",
            f"/data/withdraw/{yes.key}", "/data/export", "/data/import", "/data/correction", "/data/close", "/rulings",
            f"/rulings/{own['ruled']}")
    return {
        "visitor": (*PUBLIC, "/nothing-here", "/return", "/signin/link/spent", "/@camille", receipts.path(yes)),
        "member": (
            "/home", "/home/follows", "/compose", f"/compose?reply={talk.key}", f"/compose?draft={own['draft']}", "/drafts",
            f"/images/{own['body']}/blur",
            "/crisis?country=ES", "/mentor", "/@odile/mute", "/settings/filters",
            f"/m/{talk.key}", f"/m/{own['dark']}?care=1",
            f"/m/{own['held']}", f"/m/{own['waits']}/held", f"{mine}/history", f"{mine}/copies",
            f"{mine}/edit", f"{mine}/delete", f"{mine}/reach",
            "/tags/fatigue", "/tags/nothing", "/notices", "/people", "/map", "/people/professionals",
            "/people/like-me", "/people/directory", "/people/introductions", "/people/waiting", "/follows", "/follows/me",
            "/follows/requests", "/follows/cut", "/about/servers",
            "/@camille", "/@odile", "/@odile/block", f"/@bea@{far}", f"/@bea@{far}/follow", f"/@bea@{far}/report", "/reports",
            f"/reports/{own['told']}?done=1", *SETTINGS,
            *data, f"/oauth/authorize?{own['asks']}", "/welcome", "/acting", "/acting/new", "/@odile/death",
            "/data/after-death",
            "/nothing-here"),
        "moderator": ("/home", "/admin", "/admin/members", "/admin/members/camille", "/admin/members/lou",
                      "/admin/members/lou/guardians",
                      "/admin/invitations", "/admin/corrections", "/admin/badges",
                      f"/admin/badges/{own['badge']}", f"/admin/images/{own['shown']}",
                      "/admin/queue", "/admin/queue?list=closed", f"/admin/cases/{own['case']}", f"/admin/cases/{own['waiting']}",
                      "/admin/reviews", "/admin/log", "/admin/crisis", f"/admin/cases/{own['case']}/escalation",
                      "/admin/mentors", "/admin/unanswered",
                      "/admin/signals", "/admin/deaths", "/admin/unguarded"),
        "host": ("/admin", "/admin/queue", "/admin/measures", f"/admin/cases/{own['case']}", f"/admin/cases/{own['about']}",
                 "/admin/members", "/admin/members/newcomer", "/admin/invitations", "/admin/community",
                 "/admin/conditions", "/admin/contacts", "/admin/organisations", "/admin/images",
                 "/admin/charter", "/admin/network", "/admin/directory",
                 "/admin/reviews/rule", "/admin/signals", "/admin/ages", "/admin/crisis/lines", "/admin/crisis/lines/FR",
                 "/admin/first-weeks", "/mentor",
                 "/admin/partners", "/admin/lists", f"/admin/lists/{own['list']}", "/admin/knocks",
                 "/admin/partners/shut.example",
                 f"/admin/partners/{far}", "/admin/partners/weaker.example", "/admin/partners/asks.example"),
    }


Templates = Callable[[str], str]
