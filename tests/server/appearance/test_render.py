"""Pages: every component in both languages, nothing inline, nothing unescaped, nothing missing."""
import gzip
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

from models import clock
from server import views
from server.appearance.look import Look, local_path
from server.appearance.theme import BadTheme, Theme, chain
from server.community import crisis
from server.words.language import LANGUAGES, direction

THEMES = Path(__file__).parents[3] / "themes"
HERE = Path(__file__).parent
PERSON = views.PersonView(name="ourse", address="@ourse@b.example", display_name="<b>Ourse</b>", coat="k1",
                          url="/@ourse@b.example", role_label="Parent", host_label="Melorin-Netz")
POST = views.PostView(key="k", url="/m/k", author=PERSON, html=Markup("<p>Guten Tag</p>"),
                      when=clock.now() - timedelta(hours=2), reach=4, reach_extra="5 servers",
                      language="de", voice="question", may_reply=True, may_thank=True, may_pass_on=True,
                      reply_count=2, attachments=(views.ImageView(url="/media/a.webp", alt='A "cat"', width=4, height=3),))
POSTS = (
    POST, POST._replace(key="l", note="Invasive care", folded=True, voice="", is_mine=True, thanked=True, passed_on=True,
                  edited=True),
    POST._replace(key="m", is_erased=True, passed_on_by=PERSON, in_reply_to_url="/m/k", in_reply_to_name="Ourse",
            voice="experience"),
    POST._replace(key="n", held_seconds_left=21, note="Violence", voice="information", in_reply_to_url="/m/k"),
    POST._replace(key="o", folded=True, origin_url="https://b.example/1", attachments=(views.ImageView(url="", alt="A dog"),)),
)
OPTIONS = (views.Option(value="a", title="A"), views.Option(value="b", title="B", hint="Hint", checked=True))
FACTS = (views.Fact(term="Copies", text="1 server"),)
TABS = (views.Tab(title="All", url="/home", is_current=True), views.Tab(title="Follows", url="/home/follows"))
AUDIENCES = (views.AudienceOption(value="me", level=1, title="Only me", hint="Hint", facts=FACTS, button="Keep", says="You"),
             views.AudienceOption(value="web", level=5, title="Web", hint="Hint", facts=FACTS, button="Go", says="All",
                                  checked=True))
ME = views.MeView(name="alix", display_name="Alix", coat="k2", role="host", unread=12)


def view_data(lang: str, **different: object) -> dict[str, object]:
    """All that the shell and the component page want."""
    community = views.CommunityView(name="Mélorine & amis", tagline="Maladie rare", coat="c",
                                    crisis=crisis.shown(crisis.shipped()["FR"], lang))
    return {"lang": lang, "dir": direction(lang), "me": ME, "community": community, "csrf": "token", "look": Look(),
            "here": "home", "shell": "three", "may_index": False,
            "errors": (views.FieldError("email", "Write an address with an @"), views.FieldError("", "General")),
            "path": "/parts?a=1&b=2", "palette_url": "/theme.css?hue=330", "posts": POSTS, "person": PERSON,
            "options": OPTIONS, "audiences": AUDIENCES, "pages": views.Pager(older_url="/older", newer_url="/newer"),
            "views": TABS, "facts_given": FACTS, "when": clock.now(), **different}


def parts(lang: str, theme: str = "base", **different: object) -> str:
    loaded = Theme.load(theme)
    template = loaded.environments[lang].from_string((HERE / "parts.html").read_text())
    html = template.render(view_data(lang, **different))
    return html.replace("<!--sprite-->", loaded.sprite(html))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("me", [ME, replace(ME, role="member", unread=0), None])
def test_every_component_renders(lang: str, me: views.MeView | None):
    html = parts(lang, me=me)
    assert html.count("<h1") == html.count("<main") == 1
    assert f'<html lang="{lang}" dir="ltr">' in html
    assert ("/compose" in html) == (me is not None)
    assert ('href="/admin"' in html) == (me is ME)
    assert (">9+<" in html) == (me is ME)
    assert ("/signin" in html) == (me is None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_people_typed_is_text_and_what_was_cleaned_is_html(lang: str):
    html = parts(lang)
    assert "<b>Ourse</b>" not in html
    assert "&lt;b&gt;Ourse&lt;/b&gt;" in html
    assert "&lt;b&gt;typed&lt;/b&gt;" in html
    assert "<p>Guten Tag</p>" in html
    assert 'alt="A &#34;cat&#34;"' in html
    assert "Mélorine &amp; amis" in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(lang: str):
    html = parts(lang)
    assert not re.search(r'\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc="/static/)|javascript:', html)
    assert set(re.findall(r'(?:src|href)="(https?://[^"]*)', html)) == {"https://b.example/1"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ids_are_unique_and_labels_and_descriptions_point_at_something(lang: str):
    html = parts(lang)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    wanted = set(re.findall(r'\sfor="([^"]+)"', html))
    for attribute in ("aria-describedby", "aria-labelledby"):
        wanted |= {one for many in re.findall(rf'{attribute}="([^"]+)"', html) for one in many.split()}
    assert wanted <= set(ids)
    assert '<a href="#email">' in html
    assert 'aria-invalid="true" aria-describedby="email-h email-e"' in html
    assert "<title>Erreur" in html or "<title>Error" in html


def test_each_form_of_a_card_posts_the_token_and_the_way_back():
    html = parts("en")
    card = html[html.index('id="m-k"'):html.index('id="m-l"')]
    forms = re.findall(r'<form method="post" action="([^"]+)".*?</form>', card, flags=re.S)
    assert forms == ["/m/k/thanks", "/m/k/pass-on"]
    assert card.count('name="csrf" value="token"') == card.count('name="back" value="/parts?a=1&amp;b=2"') == 2
    assert "/@ourse@b.example/block" in card
    assert "/m/k/edit" not in card


def test_a_picture_that_is_elsewhere_is_described_and_never_fetched():
    html = parts("en")
    assert "It shows: A dog" in html
    assert 'src=""' not in html


def test_a_card_never_shows_a_count_of_thanks():
    assert not re.search(r"Thinking of you\s*[·(]?\s*\d", parts("en"))


def test_the_sprite_holds_the_icons_of_the_page_once_and_no_other():
    html = parts("en")
    used, drawn = set(re.findall(r'href="#i-([a-z0-9-]+)"', html)), re.findall(r'<symbol id="i-([a-z0-9-]+)"', html)
    assert sorted(drawn) == sorted(used)
    assert "badge-check" not in drawn


def test_a_missing_name_and_a_missing_icon_are_errors():
    with pytest.raises(jinja2.UndefinedError):
        Theme.load("base").environments["en"].get_template("layout.html").render(lang="en")
    with pytest.raises(BadTheme, match="no icon"):
        Theme.load("base").environments["en"].from_string('{{ icon("unicorn") }}').render()


@pytest.mark.parametrize(("look", "attributes"), [
    (Look(), '<html lang="fr" dir="ltr">'),
    (Look(rest=True, mode="dark", text=150), '<html lang="fr" dir="ltr" data-rest data-mode="dark" data-text="150">'),
])
def test_the_way_of_reading_is_on_the_page(look: Look, attributes: str):
    assert attributes in parts("fr", look=look)


@pytest.mark.parametrize("look", [Look(), Look(rest=True), Look(mode="light", text=120), Look(rest=True, mode="dark", text=150)])
def test_a_look_survives_its_cookie_and_its_row(look: Look):
    assert Look.of_cookie(look.cookie()) == look
    assert Look.of(look.reading()) == look


@pytest.mark.parametrize("cookie", ["", "....", "1.purple.900", "x" * 5000, '1"><script>.dark.120', "²..²"])
def test_a_cookie_that_was_not_ours_is_harmless(cookie: str):
    look = Look.of_cookie(cookie)
    assert look.mode in ("", "light", "dark")
    assert look.text in (100, 120, 150)


@pytest.mark.parametrize(("wanted", "path"), [
    ("/home?older=3", "/home?older=3"), ("", "/"), ("https://evil.example/", "/"), ("//evil.example", "/"),
    ("/\\evil.example", "/"), ("/a\r\nSet-Cookie: x=1", "/"), ("javascript:alert(1)", "/"),
    ("/\t/evil.example", "/"), ("/" + "a" * 3000, "/"),
])
def test_the_way_back_never_leads_to_another_server(wanted: str, path: str):
    assert local_path(wanted) == path


def test_a_child_theme_takes_its_hue_and_the_rest_from_its_parent():
    folders, hue = chain("plum")
    assert ([folder.name for folder in folders], hue) == (["plum", "base"], 330)
    assert "<h1>Components</h1>" in parts("fr", theme="plum")


def test_a_child_theme_replaces_one_template(tmp_path: Path):
    (tmp_path / "base").symlink_to(THEMES / "base")
    (tmp_path / "child" / "templates" / "parts").mkdir(parents=True)
    (tmp_path / "child" / "theme.toml").write_text('name = "child"\nparent = "base"\n')
    (tmp_path / "child" / "templates" / "parts" / "steps.html").write_text(
        "{% macro steps(now, total) %}<p>{{ now }}!</p>{% endmacro %}")
    template = Theme.load("child", tmp_path).environments["en"].from_string((HERE / "parts.html").read_text())
    html = template.render(view_data("en"))
    assert "<p>2!</p>" in html


@pytest.mark.parametrize(("name", "toml"), [
    ("no-such-theme", None), ("../base", None), ("loop", 'parent = "loop"'), ("broken", "parent ="),
])
def test_a_theme_that_is_wrong_is_said_so(tmp_path: Path, name: str, toml: str | None):
    if toml:
        (tmp_path / name).mkdir()
        (tmp_path / name / "theme.toml").write_text(toml)
    with pytest.raises(BadTheme):
        Theme.load(name, tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_theme_compiles(lang: str):
    environment = Theme.load("base").environments[lang]
    names = environment.list_templates()
    assert "layout.html" in names
    for name in names:
        environment.get_template(name)


def test_a_page_of_twenty_messages_weighs_little():
    """A timeline of 20 messages is at most 40 kB with the code that every page needs (ux.md §8, bar 5)."""
    posts = tuple(POST._replace(key=f"k{n}", author=PERSON._replace(coat=f"coat {n}"),
                          html=Markup(f"<p>{'words and ' * 40}{n}</p>")) for n in range(20))
    code = sum(len(Theme.load("base").assets[path].packed or b"") for path in ("tokens.css", "base.css", "enhance.js"))
    assert len(gzip.compress(parts("fr", posts=posts).encode())) + code < 40 * 1024


@pytest.mark.parametrize("country", ["FR", "GB", "DE", "CA", "XX", ""])
def test_every_page_names_somebody_to_call(country: str):
    lines = crisis.shown(crisis.shipped().get(country, crisis.ANYWHERE), "fr")
    assert lines
    assert all(re.fullmatch(r"[0-9 ]{2,14}", line.number) for line in lines)
