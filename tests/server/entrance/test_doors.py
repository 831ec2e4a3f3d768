"""What each door looks at before anybody comes in, without a server: forms, sessions, limits, and in whose name somebody acts."""
from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request
from aiohttp.web_urldispatcher import SystemRoute, UrlMappingMatchInfo

from federation.instance import ensure_actor
from models import Actor, Community, Guardianship, Member, Session, clock
from models.consent import Purpose
from models.errors import CommunityError, NotHere
from models.loading import join
from models.member import MemberState
from models.parts import END_OF_TIME
from server.actions import accounts
from server.actions.consents import OWN
from server.community.home import Home
from server.entrance import acting, forms, freezing, limits, path_words, sessions
from server.entrance.forms import Form, whole_number
from server.entrance.limits import Limits, Rate, TooOften
from server.entrance.peers import wants_page
from server.keys import COMMUNITY, FORM, GUARDIAN, MEMBER, TIE
from server.settings import Settings


@pytest.fixture
def database_kind() -> str:
    """One database: nothing here is about rows, but models know each other only with one."""
    return "sqlite"


def asking(method: str = "GET", address: str = "/", template: str = "", app: web.Application | None = None,
           **words: str) -> web.Request:
    """A request as a handler sees it, for the resource with this template."""
    request = make_mocked_request(method, address)
    resource = web.Application().router.add_resource(template or address.partition("?")[0])

    async def nothing(_: web.Request) -> web.Response:
        return web.Response()
    request._match_info = UrlMappingMatchInfo(words, resource.add_route(method, nothing))
    if app is not None:
        request.match_info.add_app(app)
    return request


async def posted(content_type: str, *chunks: bytes, uploads: int = 0) -> Form:
    """A form that a browser sends."""
    body = StreamReader(BaseProtocol(asyncio.get_running_loop()), 2 ** 30)
    for chunk in chunks:
        body.feed_data(chunk)
    body.feed_eof()
    return await forms.read(make_mocked_request("POST", "/", {"Content-Type": content_type}, payload=body), uploads)


async def outcome(*given: Any, **more: Any) -> str:
    """What becomes of a form: "done", or the kind of error."""
    try:
        await posted(*given, **more)
    except CommunityError as error:
        return type(error).__name__
    return "done"


def part(name: str, value: bytes = b"", filename: str | None = None) -> bytes:
    """One part of a form with files; without a name, one that says nothing of itself."""
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'Content-Disposition: form-data; name="{name}"{file}\r\n' if name else "Content-Type: text/plain\r\n"
    return b"--b\r\n" + head.encode() + b"\r\n" + value + b"\r\n"


URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"


async def test_a_form_is_read_within_its_limits() -> None:
    form = await posted(URLENCODED, b"a=1&b=x%0D%0Ay%0Dz%00&a=2%00&", b"c=&d=+p%07+q++r+")
    assert (form.get("a"), form.all("a"), form.get("b")) == ("2", ["1", "2"], "x\ny\nz")
    assert (form.has("c"), form.has("e"), form.get("e"), form.all("e"), form.text("d")) == (True, False, "", [], "p q r")
    assert form.text("d", 3) == "p q"
    half = forms.FORM_LIMIT_BYTES // 2
    for chunks, result in (((b"a=" + b"x" * (half - 2), b"y" * half), "done"), ((b"a=" + b"x" * half, b"y" * half), "TooMuch"),
                           ((b"a=%FF",), "BadForm"), ((b"\xff=a",), "BadForm"), ((b"&".join([b"a=1"] * 200),), "done"),
                           ((b"&".join([b"a=1"] * 201),), "BadForm")):
        assert await outcome(URLENCODED, *chunks) == result, chunks[0][:20]


async def test_a_form_with_files_is_read_within_its_limits() -> None:
    end = b"--b--\r\n"
    given = part("a", b"1"), part("f", b"abc", "x.png"), part("g", b"", ""), part("a", b"2"), end
    form = await posted(MULTIPART, *given, uploads=3)
    assert form.all("a") == ["1", "2"]
    [upload] = form.files
    assert (upload.field, upload.size, upload.file.read()) == ("f", 3, b"abc")
    upload.file.close()
    half = b"x" * (forms.FORM_LIMIT_BYTES // 2)
    for chunks, uploads, result in (
            ([part("f", b"abcd", "x")], 3, "TooMuch"), ([part("f", b"a", "x")], 0, "TooMuch"), ([part("f", b"", "x")], 0, "done"),
            ([part("f", b"a", "x")] * 4, 3, "done"), ([part("f", b"a", "x")] * 5, 3, "TooMuch"), ([part("", b"a")], 3, "BadForm"),
            ([part("a", b"\xff")], 3, "BadForm"), ([part("a", half), part("b", half)], 3, "done"),
            ([part("a", half), part("b", half), part("c", b"x")], 3, "TooMuch"), ([part("a")] * 200, 3, "done"),
            ([part("a")] * 201, 3, "BadForm")):
        assert await outcome(MULTIPART, *chunks, end, uploads=uploads) == result, chunks[0][:60]
    inside = b"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n"
    nested = part("a").replace(b"\r\n\r\n", inside)
    assert await outcome(MULTIPART, nested, end) == "BadForm"
    assert await outcome("multipart/form-data", end) == await outcome(MULTIPART, b"--b\r\nx\r\n") == "BadForm"


def test_numbers_are_those_that_rows_can_have() -> None:
    known = {"0": 0, "7": 7, str(2 ** 63 - 1): 2 ** 63 - 1} | dict.fromkeys(
        (str(2 ** 63), "9" * 20, "9" * 5000, "", "-1", "²", "٣", "x"), 5)
    assert {text: whole_number(text, 5) for text in known} == known


def test_a_form_is_of_one_session_and_in_one_name() -> None:
    mine, other = Session(token_digest="a"), Session(token_digest="b")
    token = sessions.csrf_token(mine, 7)
    assert token != sessions.csrf_token(mine, 7) and sessions.is_csrf_token(mine, token, 7)
    for session, given, name in ((other, token, 7), (mine, token, 0), (mine, token, 8), (mine, "", 7), (mine, token[:20], 7),
                                 (mine, token[:-4], 7), (mine, "é", 7), (mine, "\ud800", 7), (mine, token[:-1] + "!", 7)):
        assert not sessions.is_csrf_token(session, given, name), given


def settings(origin: str) -> Settings:
    """Of a server with this origin."""
    given: dict[str, Any] = {"origin": origin, "database_url": "sqlite://x.sqlite3"}
    return Settings(**given | ({} if origin.startswith("https:") else {"dev_peers": ("127.0.0.0/8",)}))


async def test_who_has_the_cookie_is_signed_in_until_it_ends(db: object) -> None:
    given, today = settings("https://a.example"), clock.now().date()
    await ensure_actor(given.origin)
    made = await accounts.create(given.origin, accounts.Newcomer(name="ann", language="en", consents=(Purpose.MEMBERSHIP,)))
    response = web.Response()
    session = await sessions.start(response, given, made, "Firefox")
    [cookie] = response.cookies.values()

    async def found(value: str) -> int | None:
        request = make_mocked_request("GET", "/", {"Cookie": f"{cookie.key}={value}"} if value else {})
        one = await sessions.find(request, given)
        return one.session.id if one else None
    await Session.filter(id=session.id).update(seen_on=today - timedelta(days=3))
    assert [await found(value) for value in (cookie.value, cookie.value, cookie.value[:-1], "")] == [session.id] * 2 + [None] * 2
    assert (await Session.get()).seen_on == today
    await Session.filter(id=session.id).update(expires_at=clock.now())
    assert await found(cookie.value) is None
    await Session.filter(id=session.id).update(expires_at=clock.now() + timedelta(hours=1))
    assert await found(cookie.value) == session.id
    await made.actor.change(suspended_at=clock.now())
    await Member.filter(id=made.id).update(state=MemberState.SUSPENDED)
    assert await found(cookie.value) is None


def test_a_cookie_is_bound_to_its_host() -> None:
    names = {"https://a.example": "__Host-session", "http://127.0.0.1:8001": "session-8001", "http://127.0.0.1": "session-80"}
    for origin, name in names.items():
        response = web.Response()
        sessions.set_cookie(response, settings(origin), "session", "v", 9)
        cookie = response.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", origin.startswith("https:"))


def test_a_browser_gets_a_page_and_a_server_a_document() -> None:
    for accept, is_page in (("text/html,application/xhtml+xml,*/*;q=0.8", True), ("", False), ("*/*", False),
                            ("application/activity+json", False), ("text/html, application/ld+json", False)):
        assert wants_page(make_mocked_request("GET", "/", {"Accept": accept})) == is_page, accept


def test_a_browser_is_called_what_people_call_it() -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36"
    assert [sessions.device_of(agent) for agent in (chrome, f"{chrome} Edg/120", "curl/8", "Mozilla (iPhone) Safari")] == [
        "Chrome, Linux", "Edge, Linux", "", "Safari, iPhone"]


def test_what_is_limited_comes_back_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])  # type: ignore[attr-defined]
    monkeypatch.setitem(limits.RATES, "act", Rate(2, 10))
    monkeypatch.setattr(limits, "BUCKETS_LIMIT", 2)
    kept = Limits()
    first = kept.take("act", "a")
    assert (first.limit, first.left, first.reset_seconds) == (2, 1, 10) and kept.take("act", "a").left == 0
    with pytest.raises(TooOften) as refused:
        kept.take("act", "a")
    assert refused.value.retry_after_seconds == 10
    now[0] += 9.9
    with pytest.raises(TooOften) as refused:
        kept.take("act", "a")
    assert refused.value.retry_after_seconds == 1, "to ask in vain costs nothing, and nobody is told to come back at once"
    now[0] += 0.2
    assert kept.take("act", "a").left == 0 and kept.take("act", "b").left == 1
    now[0] += 1000
    assert kept.take("act", "a").left == 1, "never more than at first"
    kept.give_back("act", "a")
    assert kept.take("act", "a").left == 1
    for who in "cd":
        kept.take("act", who)
    assert kept.take("act", "b").left == 1 and len(kept._buckets) == 2, "who asked longest ago is forgotten"
    kept.give_back("act", "nobody")


def somebody(id_: int, frozen_at: datetime | None = None, **columns: Any) -> Member:
    """A member who is in no database."""
    member = Member(actor_id=id_, **columns)
    join(member, "actor", Actor(id=id_, frozen_at=frozen_at))
    return member


def guarded(request: web.Request, **tie: Any) -> web.Request:
    """A request of Ann, who acts for Ben, born in 2012."""
    request[GUARDIAN] = somebody(1)
    request[MEMBER] = somebody(2, birth_year=2012, country="FR")
    request[TIE] = Guardianship(guardian_id=1, subject_id=2, **{"may_view": False} | tie)
    return request


async def test_a_guardian_does_what_their_tie_lets_them(db: object) -> None:
    view, write, consent = {"may_view": True}, {"may_write": True}, {"may_consent": True}
    every, over = view | write | consent, {"until": clock.now() - timedelta(days=1)}
    for method, path, tie, may in (
            ("GET", "/home", view, True), ("HEAD", "/home", view, True), ("GET", "/home", write | consent, False),
            ("POST", "/home", every, False), ("POST", "/data/export", view, True), ("POST", "/compose", write, True),
            ("POST", "/compose", view | consent, False), ("GET", "/compose", write, True), ("POST", "/data", consent, True),
            ("POST", "/data", view | write, False), ("GET", "/data", view, True), ("GET", "/settings", every, False),
            ("POST", "/acting/stop", {}, True), ("GET", "/home", view | over, False)):
        request = guarded(asking(method, path), **tie)
        if may:
            acting.check(request)
        else:
            with pytest.raises(acting.NotAsGuardian):
                acting.check(request)
    acting.check(asking("GET", "/settings"))
    lost = guarded(make_mocked_request("GET", "/"), **every)
    lost._match_info = UrlMappingMatchInfo({}, SystemRoute(web.HTTPNotFound()))
    with pytest.raises(acting.NotAsGuardian):
        acting.check(lost)


async def test_in_whose_name_somebody_acts(db: object) -> None:
    alone, ann = asking(), guarded(asking(), may_consent=True)
    alone[MEMBER] = ann[MEMBER]
    assert acting.voice(alone) is OWN and acting.voice(ann).actor_id == 1
    with pytest.raises(acting.NotAsGuardian):
        acting.voice(guarded(asking(), may_view=True, may_write=True))
    assert (acting.one_who_acts(alone), acting.one_who_acts(ann)) == (ann[MEMBER], ann[GUARDIAN])
    assert acting.writer(alone) == (None, "") and acting.writer(ann) == (ann[GUARDIAN].actor, "parent")
    assert acting.is_guardian(ann) and not acting.is_guardian(alone) and not acting.asks_too(alone)
    ann[MEMBER] = ann[GUARDIAN]
    assert not acting.is_guardian(ann)
    alone[FORM] = Form()
    assert acting.voice_of_yes(alone) is OWN


async def test_a_child_who_is_old_enough_agrees_too(db: object) -> None:
    home, app = Home(), web.Application()
    home.row, app[COMMUNITY] = Community(country="FR", assent_age=99), home
    for birth_year, country, is_asked in ((2012, "", True), (2012, "BG", False), (None, "", False), (1912, "BG", True)):
        for agrees in (True, False):
            request = guarded(asking("POST", app=app), may_consent=True)
            request[MEMBER] = somebody(2, birth_year=birth_year, country=country)
            request[FORM] = Form({"assent": ["on"]} if agrees else {})
            if agrees or not is_asked:
                assert acting.voice_of_yes(request).actor_id == 1
            else:
                with pytest.raises(acting.AskTheChild):
                    acting.voice_of_yes(request)


async def test_whose_writing_is_paused_writes_nothing(db: object) -> None:
    frozen, free = somebody(1, clock.now()), somebody(2)

    def stops(method: str, path: str, scope: str = "", **people: Member) -> bool:
        request = asking(method, path)
        for key, one in people.items():
            request[GUARDIAN if key == "guardian" else MEMBER] = one
        try:
            freezing.check_endpoint(request, scope, path) if scope else freezing.check(request)
        except freezing.Frozen:
            return True
        return False
    assert stops("POST", "/compose", member=frozen) and stops("POST", "/compose", member=free, guardian=frozen)
    assert stops("POST", "/compose", member=frozen, guardian=free) and not stops("POST", "/compose", member=free, guardian=free)
    assert not stops("POST", "/compose") and not stops("GET", "/compose", member=frozen)
    assert not stops("POST", "/data/withdraw/x", member=frozen) and not stops("POST", "/look", member=frozen)
    assert stops("POST", "/looking", member=frozen)
    statuses = "/api/v1/statuses"
    assert stops("POST", statuses, "write:statuses", member=frozen) and not stops("POST", statuses, "write:statuses", member=free)
    assert not stops("GET", statuses, "write:statuses", member=frozen)
    assert not stops("POST", statuses, "write:lists", member=frozen)
    assert not stops("DELETE", f"{statuses}/{{id}}", "write:statuses", member=frozen)
    assert stops("POST", f"{statuses}/{{id}}", "write:statuses", member=frozen)


def test_words_of_an_address_can_name_something() -> None:
    for template, words, found in (
            ("/m/{key}", {"key": "k" * 22}, True), ("/m/{key}", {"key": "k" * 23}, False), ("/m/{key}", {"key": "k\x07"}, False),
            ("/x/{what}", {"what": "w" * 200}, True), ("/x/{what}", {"what": "w" * 201}, False),
            ("/theme/{path}", {"path": "p" * 900}, True), ("/x/{id}", {"id": str(END_OF_TIME)}, True),
            ("/x/{id}", {"id": str(END_OF_TIME + 1)}, False), ("/x/{id}", {"id": "x" * 30}, True),
            ("/x/{name}", {"name": str(END_OF_TIME + 1)}, True)):
        request = asking("GET", "/", template, None, **words)
        if found:
            path_words.check(request)
        else:
            with pytest.raises(NotHere):
                path_words.check(request)
    for query, found in (("a=%20", True), ("a=%00", False)):
        request = asking("GET", f"/?{query}")
        if found:
            path_words.check(request)
        else:
            with pytest.raises(NotHere):
                path_words.check(request)
