"""/admin/lists: lists of servers that others keep, files of rules in and out, and who may read our own."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from federation import domain_lists
from federation.errors import FederationError
from models import Community, HostExclude, HostList, HostListEntry
from models.community import Shown
from models.errors import CommunityError, NotHere
from models.host_list import EntryState, ListKind
from server.actions import host_lists, list_entries
from server.actions.list_entries import Planned
from server.appearance import render
from server.doors import see
from server.entrance.forms import Form, whole_number
from server.errors import BadRequest
from server.keys import COMMUNITY, FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.views import FieldError, Pager
from server.words.language import Words, gettext_for

HERE = "/admin/lists"
LINES_ON_A_PAGE = 100
TEXT_LIMIT = domain_lists.LIST_LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class ListView:
    """A list, and how many of its lines wait, hold, were declined."""

    row: HostList
    drafts: int
    holds: int
    declined: int


async def show(request: web.Request) -> web.Response:
    """GET /admin/lists."""
    return await _page(request)


async def save(request: web.Request) -> web.Response:
    """POST /admin/lists: bring a file, subscribe, exclude, or say who may read our list."""
    form, instance, me = request[FORM], request.app[INSTANCE], request[MEMBER].actor
    do = form.get("do")
    try:
        match do:
            case "bring":
                title, text = await _file(form)
                list_ = await host_lists.bring(instance, title, text, _kind(form), me)
                return see(f"{HERE}/{list_.key}")
            case "subscribe":
                request.app[LIMITS].take("look_up", str(request[MEMBER].id))
                list_ = await host_lists.subscribe(instance, form.text("url"), _wishes(form), me)
                await host_lists.read(instance, list_)
                return see(f"{HERE}/{list_.key}")
            case "exclude":
                await host_lists.exclude([domain_lists.domain_named(one) for one in form.get("excludes").split()])
            case "shown":
                await _show_to(request, form.get("restrictions_shown"))
            case _:
                raise BadRequest("do")
    except BadRequest:
        raise
    except CommunityError as error:
        field = {"bring": "text", "subscribe": "url", "exclude": "excludes"}.get(do, "")
        return await _page(request, (FieldError(field, _why_not(error, gettext_for(request[LANGUAGE]))),))
    return see(f"{HERE}?saved=1")


async def one(request: web.Request) -> web.Response:
    """GET /admin/lists/{key}: what a list says, and what it would change."""
    list_ = await _list(request)
    state = request.query.get("state", EntryState.DRAFT)
    if state not in tuple(EntryState):
        raise BadRequest("state")
    after = request.query.get("after", "")
    rows = await HostListEntry.filter(list_id=list_.id, state=state, name__gt=after).order_by("name").limit(LINES_ON_A_PAGE + 1)
    page = rows[:LINES_ON_A_PAGE]
    planned: Sequence[Planned] = await list_entries.plan(request.app[INSTANCE], list_, page)
    more = f"{HERE}/{list_.key}?state={state}&after={page[-1].name}" if len(rows) > LINES_ON_A_PAGE else ""
    view, = await _views([list_])
    return render.page(request, "admin_list.html", here="partners", list=view, lines=planned, state=str(state),
                       done=request.query.get("done", ""), pager=Pager(older_url=more))


async def decide(request: web.Request) -> web.Response:
    """POST /admin/lists/{key}: say yes or no to lines, change the list, read it now, or do away with it."""
    list_, form = await _list(request), request[FORM]
    instance, me = request.app[INSTANCE], request[MEMBER].actor
    names = form.all("name")[:LINES_ON_A_PAGE]
    match form.get("do"):
        case "accept":
            chosen = await HostListEntry.filter(list_id=list_.id, name__in=names or [""])
            count = await list_entries.accept(instance, list_, chosen, partners_too=form.has("partners_too"))
        case "accept_all":
            count = await list_entries.accept_all(instance, list_)
        case "decline":
            count = await list_entries.decline(list_, names)
        case "change":
            await list_.change(**_settings(form))
            count = 0
        case "read":
            request.app[LIMITS].take("look_up", str(request[MEMBER].id))
            await host_lists.read(instance, list_)
            count = 0
        case "remove":
            await host_lists.remove(instance, list_, me, keep_rules=form.has("keep_rules"))
            return see(f"{HERE}?saved=1")
        case _:
            raise BadRequest("do")
    is_about_lines = form.get("do") in ("accept", "accept_all", "decline")
    return see(f"{HERE}/{list_.key}?done={'none' if is_about_lines and not count else count}")


async def export(request: web.Request) -> web.Response:
    """GET /admin/lists/{what}.csv: our rules, as Mastodon writes them."""
    is_blocks = request.match_info["what"] == "blocks"
    text = await (host_lists.exported() if is_blocks else host_lists.exported_allows())
    name = "domain_blocks.csv" if is_blocks else "domain_allows.csv"
    return web.Response(text=text, content_type="text/csv", charset="utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    form = request[FORM] if errors else None
    rows = await HostList.all().order_by("-priority", "id")
    excludes = [row.name for row in await HostExclude.all().order_by("name")]
    return render.page(
        request, "admin_lists.html", here="partners", status=422 if errors else 200, errors=errors,
        lists=await _views(rows),
        excludes=form.get("excludes") if form and form.has("excludes") else "\n".join(excludes),
        text=form.get("text")[:TEXT_LIMIT] if form else "", url=form.text("url") if form else "",
        title=form.text("title", 200) if form else "", shown=str(request.app[COMMUNITY].row.restrictions_shown),
        saved=request.query.get("saved", ""))


async def _views(rows: Sequence[HostList]) -> list[ListView]:
    lines = await HostListEntry.lines([row.id for row in rows])

    def count(row: HostList, *states: EntryState) -> int:
        return sum(lines.get((row.id, state), 0) for state in states)
    return [ListView(row, count(row, EntryState.DRAFT), count(row, EntryState.HOLDS, EntryState.ACCEPTED),
                     count(row, EntryState.DECLINED)) for row in rows]


async def _list(request: web.Request) -> HostList:
    if found := await HostList.get_or_none(key=request.match_info["key"]):
        return found
    raise NotHere("no such list")


async def _file(form: Form) -> tuple[str, str]:
    """What is in the file, or was typed, and what to call it."""
    title = form.text("title", 200)
    for upload in form.files:
        body = upload.file.read(TEXT_LIMIT + 1)
        if body:
            return title, body.decode("utf-8", "replace")
    return title, form.get("text")


def _kind(form: Form) -> ListKind:
    return ListKind.ALLOWS if form.get("kind") == ListKind.ALLOWS else ListKind.BLOCKS


def _wishes(form: Form) -> HostList:
    return HostList(title=form.text("title", 200), kind=_kind(form), **_settings(form))


def _settings(form: Form) -> dict[str, object]:
    return {"priority": max(-100, min(100, whole_number(form.get("priority")))), "applies": form.has("applies"),
            "takes_back": form.has("takes_back"), "adopts": form.has("adopts")}


async def _show_to(request: web.Request, who: str) -> None:
    if who not in tuple(Shown):
        raise BadRequest("restrictions_shown")
    await (await Community.current()).change(restrictions_shown=Shown(who))
    await request.app[COMMUNITY].load()


def _why_not(error: CommunityError, _: Words) -> str:
    if isinstance(error, FederationError) and not isinstance(error, domain_lists.TooLong):
        return _("We cannot use this. Write names of servers such as melorin.example, and addresses that begin with https://.")
    return _(error.safe)
