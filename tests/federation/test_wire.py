"""What peers send is read; what is odd costs one property; what is wrong is Malformed and nothing else."""
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import contexts, json_gate, notes, values
from federation.actor_document import ED25519_REQUESTS
from federation.addresses import same_origin
from federation.errors import Malformed
from federation.wire import ACTOR_TYPES, NOTE_TYPES, PUBLIC, Activity, ActorDocument, Note, is_public, key_entries
from models.clock import now

ACTIVITIES = Path(__file__).parents[3] / "shared/data/activities"
#: Messages and people as sources of programs build them that were not run here, in words of ours.
SHAPES: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parents[1] / "fixtures" / "other_shapes.json").read_text())
PEER = "https://peer.test/users/otto"
NOTE = {"id": f"{PEER}/1", "type": "Note", "attributedTo": PEER, "to": [PUBLIC], "content": "<p>hello</p>"}
CREATE = {"id": f"{PEER}/1/activity", "type": "Create", "actor": PEER, "to": [PUBLIC], "object": NOTE}
ACTOR = {"id": PEER, "type": "Person", "preferredUsername": "otto", "inbox": f"{PEER}/inbox", "outbox": f"{PEER}/outbox",
         "publicKey": {"id": f"{PEER}#main-key", "owner": PEER, "publicKeyPem": "PEM"}}


class TestActivity:
    def test_the_envelope(self) -> None:
        activity = Activity.parse(CREATE | {"cc": "as:Public", "published": "2026-01-01T00:00:00Z", "target": {"id": PEER}})
        assert (activity.id, activity.type, activity.actor) == (CREATE["id"], "Create", PEER)
        assert (activity.object, activity.object_id, activity.object_type) == (NOTE, NOTE["id"], "Note")
        assert (activity.to, activity.cc, activity.target) == ((PUBLIC,), (PUBLIC,), PEER)
        assert activity.published == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(("thing", "expected"), [
        (PEER, PEER), ({"id": PEER}, PEER), ([PEER], PEER), ([{"id": PEER}], PEER), ([PEER, NOTE], None),
        ({"type": "Follow"}, None), ({"id": None, "type": "Follow"}, None), ([NOTE, NOTE], None), ([PEER, 1], None),
    ])
    def test_object_id(self, thing: object, expected: str | None) -> None:
        assert Activity.parse(CREATE | {"object": thing}).object_id == expected

    def test_flag_names_several(self) -> None:
        activity = Activity.parse(CREATE | {"type": "Flag", "object": [PEER, NOTE, "x", None]})
        assert activity.object_ids == (PEER, NOTE["id"])

    @pytest.mark.parametrize(("types", "expected"), [
        ("Create", "Create"), (["ext:Thing", "Create"], "Create"), (["ext:Thing"], "ext:Thing"), ("Unknown", "Unknown")])
    def test_type(self, types: object, expected: str) -> None:
        assert Activity.parse(CREATE | {"type": types}).type == expected

    def test_an_unknown_type_needs_no_object(self) -> None:
        assert Activity.parse({"id": PEER, "type": "Travel", "actor": PEER}).object_id is None

    @pytest.mark.parametrize("different", [
        {"id": None, "type": "Follow"}, {"id": None, "type": "Offer"},
        {"id": "x"}, {"id": "javascript:alert(1)"}, {"id": 5}, {"id": {"id": PEER}}, {"id": [PEER]},
        {"id": "https://peer.test/" + "a" * 500}, {"type": None}, {"type": []}, {"type": ""}, {"type": "a" * 200},
        {"actor": None}, {"actor": "otto"}, {"actor": {}}, {"actor": []}, {"object": None}, {"object": {}}, {"object": ""},
        {"object": []}, {"object": "x"}, {"object": {"id": "javascript:1"}}, {"object": {"id": 5}},
        {"object": {"type": 5}},
    ])
    def test_malformed(self, different: dict[str, Any]) -> None:
        with pytest.raises(Malformed):
            Activity.parse(CREATE | different)

    def test_what_nobody_names_again_needs_no_id(self) -> None:
        """The same twice is the same, something else is something else; it is on the actor's own origin."""
        nameless = {name: value for name, value in CREATE.items() if name != "id"}
        one, again = Activity.parse(nameless | {"id": None, "type": "Delete"}), Activity.parse({"type": "Delete", "id": None, **{
            name: value for name, value in nameless.items() if name != "type"}})
        assert one.id == again.id and same_origin(one.id, one.actor) and len(one.id) < 500
        assert Activity.parse(nameless).id != one.id

    def test_addressing_is_capped_and_odd_entries_are_skipped(self) -> None:
        many = [f"{PEER}/{number}" for number in range(500)]
        assert len(Activity.parse(CREATE | {"to": many}).to) == 100
        assert Activity.parse(CREATE | {"to": [None, 1, "x", {"id": PEER}, PEER, ["Public"]]}).to == (PEER,)
        assert Activity.parse(CREATE | {"to": None}).to == ()


class TestActorDocument:
    def test_a_whole_actor(self) -> None:
        actor = ActorDocument.parse(ACTOR | {
            "name": "Otto", "summary": "<p>x</p>", "icon": {"type": "Image", "url": "https://cdn.test/o.png"},
            "url": [{"type": "Link", "href": f"{PEER}.json", "mediaType": "application/json"},
                    {"type": "Link", "href": f"{PEER}.html", "mediaType": "text/html"}],
            "endpoints": {"sharedInbox": "https://peer.test/inbox"}, "followers": f"{PEER}/followers",
            "manuallyApprovesFollowers": True, "indexable": "yes", "alsoKnownAs": PEER, "published": "2026-01-01",
            "partners": "https://peer.test/partners", "webfinger": "otto@peer.test",
            "assertionMethod": [{"id": f"{PEER}#ed", "type": "Multikey", "controller": PEER, "publicKeyMultibase": "z6"}],
            "attachment": [{"type": "PropertyValue", "name": "Web", "value": "<a>x</a>"}, {"type": "Note"}, None, "x"]})
        assert (actor.name, actor.summary, actor.icon) == ("Otto", "<p>x</p>", "https://cdn.test/o.png")
        assert actor.url == f"{PEER}.html"
        assert actor.shared_inbox == "https://peer.test/inbox" and actor.followers == f"{PEER}/followers"
        assert actor.manually_approves_followers and not actor.indexable and not actor.discoverable
        assert actor.also_known_as == (PEER,) and actor.partners == "https://peer.test/partners"
        assert [key.pem for key in actor.public_keys] == ["PEM"]
        assert [key.multibase for key in actor.assertion_methods] == ["z6"]
        assert [(field.name, field.value) for field in actor.fields] == [("Web", "<a>x</a>")]
        assert actor.published == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize("shape", SHAPES["actors"], ids=lambda shape: shape["by"])
    def test_actors_in_the_shape_that_other_programs_give_them(self, shape: dict[str, Any]) -> None:
        actor = ActorDocument.parse(ACTOR | shape["document"])
        for name, value in shape.get("kept", {}).items():
            assert getattr(actor, name) == (tuple(value) if isinstance(value, list) else value), name
        assert [[field.name, field.value] for field in actor.fields] == shape.get("lines", [])
        assert [key.id for key in actor.public_keys] == shape.get("keys", [f"{PEER}#main-key"])

    def test_a_name_that_nobody_sees_is_none(self) -> None:
        for name, shown in ((" ", "otto"), ("\u200b\u2060 ", "otto"), (" Otto ", "Otto"), ("🐦", "🐦"), (None, "otto")):
            assert ActorDocument.parse(ACTOR | {"name": name}).name == shown

    def test_pictures_pages_and_lines_as_others_write_them(self) -> None:
        picture = "https://cdn.test/o.png"
        for icon in (picture, {"url": picture}, [{"type": "Image"}, {"url": picture}], [None, {"url": {"href": picture}}]):
            assert ActorDocument.parse(ACTOR | {"icon": icon}).icon == picture
        assert ActorDocument.parse(ACTOR | {"url": [{"href": f"{PEER}/a"}, {"href": f"{PEER}/b"}]}).url == f"{PEER}/a"
        lines = [{"type": kind, "name": "Web", "value": "x"} for kind in ("PropertyValue", "Note", None)]
        assert len(ActorDocument.parse(ACTOR | {"attachment": lines}).fields) == 1

    @pytest.mark.parametrize(("type_", "said", "kept"), [
        ("Person", {"badge": "health", "profession": "Doctor"}, ("", "health", "Doctor")),
        ("Person", {"badge": "health", "profession": 7}, ("", "health", "")),
        ("Person", {"badge": "health"}, ("", "health", "")),
        ("Person", {"badge": "x", "profession": "Doctor"}, ("", "", "")),
        ("Person", {"profession": "Doctor", "organisation": "company"}, ("", "", "")),
        ("Person", {"badge": ["health"]}, ("", "", "")), ("Person", {"badge": {"id": "health"}}, ("", "", "")),
        ("Service", {"badge": "health", "profession": "Doctor"}, ("", "", "")),
        ("Organization", {"organisation": "company", "badge": "health"}, ("company", "", "")),
        ("Organization", {"organisation": "x"}, ("", "", "")), ("Organization", {"organisation": ["company"]}, ("", "", "")),
        ("Organization", {"organisation": ""}, ("", "", "")), ("Group", {"organisation": "company"}, ("", "", ""))])
    def test_what_somebody_is_said_to_be(self, type_: str, said: dict[str, Any], kept: tuple[str, str, str]) -> None:
        """Badges are of people, kinds of organisations; anything else than the known ones is none."""
        actor = ActorDocument.parse(ACTOR | said | {"type": type_})
        assert (actor.organisation, actor.badge, actor.profession) == kept

    def test_what_its_program_says_it_understands(self) -> None:
        """Withdrawals and outcomes of reports are agreed with the server that says so, by names on its own origin."""
        ours = [f"https://peer.test/ns#{name}" for name in (contexts.CAPABILITY, contexts.RESPONSES)]
        for generator, taken in (
                ({"implements": [ED25519_REQUESTS, *ours]}, (True, True, True)),
                ({"implements": {"href": ours[0]}}, (False, True, False)),
                ({"implements": [uri.replace("peer.test", "elsewhere.test") for uri in ours]}, (False, False, False)),
                ({"type": "Application"}, (False, False, False)), (None, (False, False, False)), ("x", (False, False, False)),
                ([{"type": "Application"}, {"implements": ours}], (False, False, False))):
            actor = ActorDocument.parse(ACTOR | {"generator": generator})
            assert (actor.takes_ed25519, actor.takes_withdrawals, actor.takes_responses) == taken

    def test_the_least_actor(self) -> None:
        actor = ActorDocument.parse({"id": PEER, "type": "Service", "preferredUsername": "otto", "inbox": PEER})
        assert actor.name == "otto" and actor.public_keys == () and actor.shared_inbox is None and actor.summary == ""

    @pytest.mark.parametrize("different", [
        {"id": None}, {"type": "Note"}, {"type": None}, {"inbox": None}, {"inbox": "x"},
        {"inbox": "http://127.0.0.1:5432/inbox"}, {"inbox": "https://elsewhere.test/inbox"}, {"preferredUsername": None},
        {"preferredUsername": ""}, {"preferredUsername": "a b"}, {"preferredUsername": "a@b"},
        {"preferredUsername": "../x"}, {"preferredUsername": "a" * 300}, {"preferredUsername": ["otto"]},
    ])
    def test_malformed(self, different: dict[str, Any]) -> None:
        with pytest.raises(Malformed):
            ActorDocument.parse(ACTOR | different)

    @pytest.mark.parametrize("key", [
        None, "x", [], {"id": "https://evil.test/k", "owner": PEER, "publicKeyPem": "PEM"},
        {"id": f"{PEER}#k", "owner": "https://peer.test/users/vera", "publicKeyPem": "PEM"},
        {"id": f"{PEER}#k", "owner": PEER}, {"id": f"{PEER}#k", "owner": PEER, "publicKeyPem": 5},
        {"id": f"{PEER}#k", "owner": PEER, "publicKeyPem": "A" * 9000}, {"owner": PEER, "publicKeyPem": "PEM"},
    ])
    def test_keys_of_others_are_not_kept(self, key: object) -> None:
        assert ActorDocument.parse(ACTOR | {"publicKey": key}).public_keys == ()

    def test_several_keys(self) -> None:
        several = [{"id": f"{PEER}#{number}", "owner": PEER, "publicKeyPem": "PEM"} for number in range(50)]
        assert len(ActorDocument.parse(ACTOR | {"publicKey": several}).public_keys) == 8

    @pytest.mark.parametrize("name", ["outbox", "followers", "following", "featured", "partners"])
    def test_collections_elsewhere_are_dropped(self, name: str) -> None:
        assert getattr(ActorDocument.parse(ACTOR | {name: "https://elsewhere.test/x"}), name) is None

    def test_a_shared_inbox_elsewhere_is_dropped(self) -> None:
        elsewhere = {"endpoints": {"sharedInbox": "https://victim.test/inbox"}}
        assert ActorDocument.parse(ACTOR | elsewhere).shared_inbox is None


class TestKeyEntries:
    def test_a_key_document_of_its_own(self) -> None:
        key, = key_entries({"id": f"{PEER}/main-key", "owner": PEER, "publicKeyPem": "PEM"})
        assert (key.id, key.owner, key.pem) == (f"{PEER}/main-key", PEER, "PEM")

    def test_a_stub_actor(self) -> None:
        key, = key_entries({"id": PEER, "publicKey": {"id": f"{PEER}/main-key", "owner": PEER, "publicKeyPem": "PEM"}})
        assert key.id == f"{PEER}/main-key"

    def test_whose_a_key_is_that_does_not_say_it(self) -> None:
        """In an actor's document the actor's; `controller` says it as `owner` does; a key by itself says it, or is nobody's."""
        key, = key_entries({"id": PEER, "publicKey": {"id": f"{PEER}#k", "publicKeyPem": "PEM"}})
        assert key.owner == PEER
        said = {"controller": f"{PEER}/other", "publicKeyMultibase": "z6"}
        key, = key_entries({"id": PEER, "assertionMethod": [{"id": f"{PEER}#k"} | said]})
        assert key.owner == f"{PEER}/other"
        assert [(key.owner, key.multibase) for key in key_entries({"id": f"{PEER}#k"} | said)] == [(f"{PEER}/other", "z6")]
        for nobodys in ({"id": f"{PEER}/main-key", "publicKeyPem": "PEM"}, {"id": PEER, "publicKey": {"id": f"{PEER}#k"}}):
            assert key_entries(nobodys) == ()

    @pytest.mark.parametrize("document", [None, [], {}, {"publicKeyPem": "PEM"}])
    def test_malformed(self, document: object) -> None:
        with pytest.raises(Malformed):
            key_entries(document)


class TestNote:
    def test_a_whole_post(self) -> None:
        note = Note.parse(NOTE | {
            "cc": f"{PEER}/followers", "summary": "needles", "sensitive": True, "inReplyTo": {"id": PEER}, "voice": "question",
            "contentMap": {"fr": "<p>hello</p>"}, "url": [{"type": "Link", "href": PEER}], "conversation": "tag:x",
            "published": "2026-01-01T01:00:00+01:00", "updated": "2026-01-02T00:00:00",
            "tag": [{"type": "Mention", "href": PEER, "name": "@otto"}, {"type": "Hashtag", "name": "#pain"},
                    {"type": "Emoji", "name": ":blob:", "icon": {"url": "https://peer.test/b.png"}}],
            "attachment": {"type": "Document", "url": "https://peer.test/a.png", "mediaType": "image/png", "name": "a cat",
                           "width": 4, "height": 3, "blurhash": "LEHV6nWB2yk8pyo0adR*"}})
        assert (note.cc, note.summary, note.sensitive) == ((f"{PEER}/followers",), "needles", True)
        assert (note.in_reply_to, note.url, note.conversation) == (PEER, PEER, "tag:x")
        assert (note.language, note.voice) == ("fr", "question")
        assert note.published == datetime(2026, 1, 1, tzinfo=UTC) and note.updated == datetime(2026, 1, 2, tzinfo=UTC)
        assert note.mentions[0].href == PEER and note.hashtags[0].name == "pain" and note.emojis[0].name == "blob"
        attachment, = note.attachments
        assert (attachment.media_type, attachment.name, attachment.width, attachment.height) == ("image/png", "a cat", 4, 3)
        assert attachment.blurhash

    def test_alternative_text_in_either_place_and_links_inside_url(self) -> None:
        note = Note.parse(NOTE | {"attachment": [
            {"type": "Image", "url": PEER, "summary": "from GoToSocial", "name": "a.png"},
            {"type": "Document", "url": [{"type": "Link", "href": f"{PEER}/2", "mediaType": "image/webp"}]},
            {"type": "Link", "href": f"{PEER}/3"}, {"type": "Image", "url": "javascript:1"}, {"url": PEER}, None]})
        assert [(a.name, a.media_type) for a in note.attachments] == [
            ("from GoToSocial", None), ("", "image/webp"), ("", None)]

    def test_empty_and_partial_content(self) -> None:
        assert Note.parse(NOTE | {"content": None}).content == ""
        assert Note.parse(NOTE | {"content": None, "contentMap": {"de": "hallo"}}).content == "hallo"
        assert Note.parse(NOTE | {"type": "Page", "name": "Title", "content": None}).name == "Title"

    def test_of_an_article_that_is_too_long_its_preview_is_read(self) -> None:
        """As of Ghost and WordPress; its title leads to the rest (FEP-b2b8)."""
        long: dict[str, Any] = {"type": "Article", "name": "Sleep", "summary": "In short", "content": "x" * 100_001}
        assert Note.parse(NOTE | long | {"preview": {"type": "Note", "content": "<p>It is</p>"}}).content == "<p>It is</p>"
        for preview in (None, "x", {"content": 5}, {}):
            assert Note.parse(NOTE | long | {"preview": preview}).content == ""
        with pytest.raises(Malformed):
            Note.parse(NOTE | long | {"type": "Note", "preview": {"content": "short"}})
        assert Note.parse(NOTE | long | {"content": "whole", "preview": {"content": "less"}}).content == "whole"

    def test_a_question_may_name_both_kinds_of_answers(self) -> None:
        """Pleroma and Akkoma send the one that is not meant as an empty list."""
        answers = [{"type": "Note", "name": name} for name in ("Well", "Badly")]
        for one, other, is_multiple in (("oneOf", "anyOf", False), ("anyOf", "oneOf", True)):
            poll = Note.parse(NOTE | {"type": "Question", one: answers, other: []}).poll
            assert poll and ([name for name, _ in poll.options], poll.is_multiple) == (["Well", "Badly"], is_multiple)

    def test_a_picture_is_shown_once_and_the_large_one(self) -> None:
        small, large = ({"type": "Image", "url": f"https://a.example/{size}.jpg", "width": size} for size in (200, 800))
        page = {"type": "Page", "image": {"type": "Image", "url": large["url"]},
                "attachment": [large | {"name": "A leaf"}, {"type": "Link", "href": large["url"]}, small]}
        shown = Note.parse(NOTE | page).attachments
        assert [(one.url, one.name, one.width) for one in shown] == [(large["url"], "A leaf", 800), (small["url"], "", 200)]
        assert [one.url for one in Note.parse(NOTE | {"type": "Video", "icon": [small, large]}).attachments] == [large["url"]]

    @pytest.mark.parametrize("shape", SHAPES["messages"], ids=lambda shape: shape["by"])
    def test_messages_in_the_shape_that_other_programs_give_them(self, shape: dict[str, Any]) -> None:
        note = Note.parse(NOTE | shape["document"])
        assert [one.url.rpartition("/")[2] for one in note.attachments] == shape["attached"] and not note.is_vote
        assert {name: value for name, value in notes.content_of(note).items() if name in shape["kept"]} == shape["kept"]

    def test_tags_of_several_types(self) -> None:
        note = Note.parse(NOTE | {"tag": [{"type": "as:Hashtag", "name": "#one"}, {"type": ["Hashtag", "x"], "name": "#two"},
                                          {"type": ["x"], "name": "#three"}, {"type": [["Hashtag"]], "name": "#four"}]})
        assert [tag.name for tag in note.hashtags] == ["one", "two"]

    def test_content_that_says_it_is_no_html_is_shown_as_it_was_written(self) -> None:
        said = "Sleep < 6\r\nsee https://a.example/?a=1&b=2, **soon**\n \n<b>x</b>"
        html = ('<p>Sleep &lt; 6<br>see <a href="https://a.example/?a=1&amp;b=2">https://a.example/?a=1&amp;b=2</a>, **soon**</p>'
                "<p>&lt;b&gt;x&lt;/b&gt;</p>")
        for kind in ("text/markdown", "text/plain"):
            note = Note.parse(NOTE | {"type": "Video", "content": said, "contentMap": {"en": said}, "mediaType": kind})
            assert (note.content, note.content_map, note.language) == (html, {"en": html}, "en")
        assert Note.parse(NOTE | {"mediaType": "text/html"}).content == NOTE["content"]
        assert Note.parse(NOTE | {"mediaType": ["text/plain"]}).content == NOTE["content"]
        assert Note.parse(NOTE | {"to": None}).to == (), "addressed to nobody is not public"

    @pytest.mark.parametrize("different", [
        {"id": None}, {"id": "javascript:1"}, {"type": "Person"}, {"type": None}, {"attributedTo": None},
        {"attributedTo": []}, {"content": "é" * 50_001},
    ])
    def test_malformed(self, different: dict[str, Any]) -> None:
        with pytest.raises(Malformed):
            Note.parse(NOTE | different)

    def test_everything_is_capped(self) -> None:
        note = Note.parse(NOTE | {
            "tag": [{"type": "Mention", "href": PEER}] * 100,
            "attachment": [{"type": "Image", "url": f"{PEER}/{n}"} for n in range(100)],
            "summary": "x" * 10_000, "name": "x" * 10_000, "inReplyTo": f"{PEER}/{'x' * 600}",
            "contentMap": {f"a{chr(97 + n // 26)}{chr(97 + n % 26)}": "x" for n in range(100)}})
        assert len(note.mentions) == 50 and len(note.attachments) == 16 and len(note.content_map) == 10
        assert len(note.summary or "") == 2000 and len(note.name or "") == 200 and note.in_reply_to is None

    @pytest.mark.parametrize("odd", [
        {"tag": [None, "x", 3, [], {"type": "Mention"}, {"type": "Hashtag"}, {"type": "Emoji", "icon": []}]}, {"tag": "x"},
        {"tag": {"type": "Mention", "href": 5, "name": 5}}, {"attachment": "x"}, {"contentMap": []}, {"contentMap": {"x y": 5}},
        {"voice": ["question"]}, {"voice": "x" * 300}, {"language": 5}, {"sensitive": "true"}, {"summary": {}}, {"url": 5},
        {"published": 5}, {"updated": []}, {"inReplyTo": []}, {"conversation": {}},
        {"attachment": {"type": "Image", "url": PEER, "width": -1, "height": 1e9, "blurhash": "<script>", "mediaType": "x"}},
    ])
    def test_odd_properties_count_as_absent(self, odd: dict[str, Any]) -> None:
        note = Note.parse(NOTE | odd)
        assert note.content == NOTE["content"] and not note.sensitive and not note.mentions
        assert all((a.width, a.height, a.blurhash, a.media_type) == (None,) * 4 for a in note.attachments)


@pytest.mark.parametrize(("value", "expected"), [
    ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
    ("2026-01-01T02:00:00+02:00", datetime(2026, 1, 1, tzinfo=UTC)),
    ("2026-01-01T00:00:00.123", datetime(2026, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)),
    ("1066-10-14T09:00:00Z", values.EARLIEST), ("0001-01-01T00:00:00+14:00", None),
    ("yesterday", None), ("", None), (1, None), (None, None), ("9" * 100, None), ("2026-13-01T00:00:00Z", None),
])
def test_instants(value: object, expected: datetime | None) -> None:
    assert values.instant(value) == expected


def test_the_future_ends_tomorrow() -> None:
    far = values.instant("9999-12-31T23:59:59Z")
    assert far is not None and timedelta(hours=23) < far - now() <= timedelta(days=1)


def test_public_in_three_spellings_and_no_fourth() -> None:
    assert all(is_public(uri) for uri in (PUBLIC, "as:Public", "Public"))
    assert not any(is_public(uri) for uri in ("", "public", PUBLIC + "/", "https://peer.test/#Public", "as:public"))


def test_contexts_define_our_terms_on_our_own_origin() -> None:
    for context in (contexts.actor_context("https://here.test"), contexts.note_context("https://here.test")):
        assert context[0] == contexts.AS
        assert context[-1]["dazzle"] == "https://here.test/ns#" and "voice" in context[-1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([PEER, PUBLIC, "Note", "Person", "Create", "x", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "type", "href", "url", "name", "icon", "publicKeyPem", "owner", "mediaType"]), inner, max_size=4),
    max_leaves=12)


@given(st.dictionaries(st.sampled_from([*CREATE, *NOTE, *ACTOR, "tag", "attachment", "endpoints", "contentMap", "language",
                                        "icon", "alsoKnownAs", "assertionMethod", "target", "voice"]), JSON), st.booleans())
def test_any_document_is_read_or_malformed(document: dict[str, Any], whole: bool) -> None:
    for base, parse in ((CREATE, Activity.parse), (NOTE, Note.parse), (ACTOR, ActorDocument.parse), (ACTOR, key_entries)):
        try:
            parse(base | document if whole else document)
        except Malformed:
            pass


def captured() -> list[Path]:
    return sorted(ACTIVITIES.glob("*/*.json"))


#: What a sound server refuses already here (the corpus' manifest says "refuse").
REFUSED_AT_THE_GATE = {"odd/json-bom.json", "odd/json-latin1.json", "odd/json-number.json", "odd/json-utf16.json",
                       "odd/expanded-jsonld.json", "pleroma/tesla_mock-poll_attachment.json"}  # the last: equal keys
REFUSED_AS_ACTIVITY = {"odd/object-missing.json", "odd/id-javascript-url.json", "odd/id-not-a-url.json"}


@pytest.mark.skipif(not ACTIVITIES.exists(), reason="the corpus of activities is not beside this repository")
class TestCorpus:
    """Documents of 30 kinds of software, and 41 odd ones."""

    @pytest.mark.parametrize("path", captured(), ids=lambda path: f"{path.parent.name}/{path.name}")
    def test_read_or_malformed(self, path: Path) -> None:
        name = f"{path.parent.name}/{path.name}"
        if name in REFUSED_AT_THE_GATE:
            with pytest.raises(Malformed):
                json_gate.loads(path.read_bytes(), max_bytes=1_000_000)
            return
        document = json_gate.loads(path.read_bytes(), max_bytes=1_000_000)
        for parse in (Activity.parse, Note.parse, ActorDocument.parse, key_entries):
            for part in (document, document.get("object")):
                try:
                    parse(part)
                except Malformed:
                    pass
        if name in REFUSED_AS_ACTIVITY:
            with pytest.raises(Malformed):
                Note.parse(Activity.parse(document).object)

    def test_real_posts_and_actors_are_read(self) -> None:
        """Of what real software sends, all but what lacks an author, an id or an inbox is understood."""
        unread: list[str] = []
        for path in captured():
            name = f"{path.parent.name}/{path.name}"
            if path.parent.name == "odd":
                continue
            if b"{{" in (body := path.read_bytes()):
                continue  # a template with holes
            document = json.loads(body)
            if document.get("type") in ACTOR_TYPES and "inbox" in document:
                unread += self.unread(ActorDocument.parse, document, name)
            if document.get("type") in NOTE_TYPES and document.get("id") and document.get("attributedTo"):
                unread += self.unread(Note.parse, document, name)
            if "actor" in document and "object" in document and document.get("id"):
                unread += self.unread(Activity.parse, document, name)
        assert unread == []

    @staticmethod
    def unread(parse: Any, document: dict[str, Any], name: str) -> list[str]:
        try:
            parse(document)
        except Malformed as error:
            return [f"{name}: {error}"]
        return []
