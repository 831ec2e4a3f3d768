"""The published attacks on other servers (security.md, table 1), each with the tests here that hold it off.

A test says that every named test is there. "–" stands for what this release has no place for, with the reason.
"""
# ruff: noqa: E501 - a table
from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.test_layers import ROOT

LIES, OUT, SECRET = "tests/federation/test_lies.py", "tests/federation/test_out_of_order.py", "tests/federation/test_secrecy.py"
DETOURS = "tests/federation/test_detours.py"
CLIENT, ADDRESSES = "tests/federation/test_client.py", "tests/federation/test_addresses.py"
SEEN, ORDER = "tests/properties/test_visibility.py", "tests/properties/test_processor.py"
PAGES, MEDIA = "tests/server/pages", "tests/server/pictures/test_media.py"
EVERYWHERE = f"{SEEN}::test_an_answer_holds_a_message_exactly_if_its_reader_may_see_it"
CONNECTIONS = "tests/federation/test_connections_made.py::test_no_connection_goes_where_none_may_go"
RANGES = f"{ADDRESSES}::test_not_public"

ATTACKS: dict[str, tuple[str, ...]] = {
    "CVE-2024-23832 document of A with an id on B": (
        f"{LIES}::test_a_document_that_claims_an_id_elsewhere_changes_nothing_there", f"{LIES}::test_a_redirect_leads_to_no_stranger",
        f"{DETOURS}::test_a_document_behind_a_redirect_speaks_for_itself_alone", f"{DETOURS}::test_nobody_makes_us_believe_ourselves"),
    "CVE-2024-25623 any JSON as an object": (f"{LIES}::test_an_upload_is_no_document", f"{CLIENT}::test_other_types_are_no_documents"),
    "CVE-2023-42451 spellings of a domain": (f"{ADDRESSES}::test_spellings_of_one_origin", f"{ADDRESSES}::test_different_origins"),
    "CVE-2022-24307 @context tricks": (f"{LIES}::test_a_context_cannot_give_words_another_meaning",),
    "CVE-2026-42462 46349 48028 50128 LD signatures": (f"{LIES}::test_a_signature_inside_the_document_gives_no_authority",),
    "CVE-2025-54888 processed before the owner was compared": (f"{LIES}::test_a_good_signature_of_mallory_is_no_word_of_vera",),
    "CVE-2026-28432 verification avoidable": (
        "tests/federation/test_signatures.py", "tests/federation/test_signature_coverage.py::test_what_covers_too_little_is_not",
        "tests/fuzz/test_targets.py::test_target"),
    "GHSA-3f39-6537-3cgc GHSA-2vxv-pv3m-3wvj owner of a key": (
        f"{LIES}::test_a_key_counts_only_if_its_owner_names_it", f"{LIES}::test_a_neighbour_cannot_sit_on_the_id_of_veras_key"),
    "Hollo 0.8.5 foreign Delete, Update, Announce": (
        f"{LIES}::test_a_neighbour_changes_deletes_and_undoes_nothing_of_vera",
        f"{DETOURS}::test_a_group_cannot_have_a_private_message_erased", f"{DETOURS}::test_nobody_makes_us_ask_a_third_server",
        "tests/federation/test_soft_deletion.py::test_what_is_gone_is_asked_about_where_it_lives",
        f"{LIES}::test_an_embedded_object_of_another_server_is_only_a_hint", f"{ORDER}::test_only_owners_change_things_and_in_any_order"),
    "Fedify 0.13.1 2.3.5 handle spoof, key cache": (
        f"{LIES}::test_a_handle_is_shown_with_the_server_that_serves_it", f"{LIES}::test_a_key_counts_only_if_its_owner_names_it"),
    "CVE-2025-30741 followers-only leak": (
        EVERYWHERE, "tests/stories/test_follow.py::test_a_careful_member_is_asked_first_and_says_yes",
        f"{DETOURS}::test_who_only_asked_to_follow_reads_nothing_for_followers"),
    "CVE-2026-25808 outbox leak": (f"{SECRET}::test_the_outbox_shows_what_is_for_the_whole_web_whoever_asks",),
    "Hollo 0.6.12 0.6.14 0.7.11 one route without a filter": (EVERYWHERE, f"{SEEN}::test_every_address_is_in_the_manifest"),
    "CVE-2026-28431 CVE-2022-0133 permission checks missing": (
        EVERYWHERE, f"{PAGES}/test_settings_pages.py::test_every_page_is_for_members",
        f"{PAGES}/test_team_pages.py::test_members_and_visitors_see_nothing_of_it"),
    "CVE-2026-28433 Hollo 0.8.2 ids of others": (
        f"{PAGES}/test_messages_pages.py::test_nobody_can_use_the_upload_of_another",
        f"{PAGES}/test_settings_pages.py::test_one_ends_ones_own_sessions_only"),
    "CVE-2026-22246 relation leak": (f"{PAGES}/test_people_pages.py::test_visitors_learn_nothing_about_members",
                                     f"{SECRET}::test_a_server_reads_of_followers_only_its_own",
                                     f"{DETOURS}::test_a_server_reads_of_those_somebody_follows_only_its_own"),
    "CVE-2025-62175 CVE-2024-25619 streams stay open": (
        "tests/server/api/test_streaming.py::test_who_may_no_longer_listen_is_sent_away_at_once",),
    "CVE-2025-24896 session remains": (
        f"{PAGES}/test_signin.py::test_signing_out_ends_the_session_and_another_site_cannot_do_it",
        "tests/server/actions/test_rulings.py::test_who_is_suspended_reads_why_by_a_link_asks_again_and_comes_back"),
    "CVE-2026-23961 suspension bypass": (
        "tests/stories/test_erasing.py::test_nothing_is_taken_from_or_sent_to_a_suspended_server",
        f"{LIES}::test_strangers_and_suspended_servers_get_403_and_cause_no_request",
        f"{DETOURS}::test_nothing_of_somebody_suspended_comes_in_through_others", EVERYWHERE),
    "CVE-2024-37903 audience extension": (f"{LIES}::test_nobody_widens_the_audience_of_a_message_they_know",),
    "CVE-2025-67500 existence oracle": (
        f"{SECRET}::test_absent_hidden_and_forbidden_get_one_answer",
        f"{DETOURS}::test_who_left_or_was_suspended_is_told_to_servers_that_knew_them"),
    "CVE-2024-39687 SSRF, rebinding": (f"{CLIENT}::test_by_dns", f"{CLIENT}::test_by_text", CONNECTIONS),
    "CVE-2025-23221 WebFinger redirects": (f"{CLIENT}::test_not_for_ever", f"{CLIENT}::test_not_in_circles", f"{CLIENT}::test_not_anywhere"),
    "CVE-2026-50131 special ranges": (RANGES, CONNECTIONS, f"{ADDRESSES}::test_public_is_never_wider_than_global"),
    "CVE-2026-62857 an unguarded second fetch": ("tests/test_layers.py::test_only_the_doors_reach_the_network",),
    "CVE-2026-77632 signed fetch follows a redirect": (CONNECTIONS, f"{CLIENT}::test_not_anywhere", f"{CLIENT}::test_followed_and_signed_again"),
    "Hollo 0.8.3 private IPv4 as IPv6": (RANGES,),
    "CVE-2026-22245 46348 47389 ranges missing": (RANGES, f"{CLIENT}::test_by_text"),
    "CVE-2026-27477 27468 before approval": (
        f"{LIES}::test_strangers_and_suspended_servers_get_403_and_cause_no_request",
        f"{LIES}::test_only_the_instance_actor_of_a_stranger_is_looked_at"),
    "CVE-2025-25194 2026-33693 2026-29178 image service": (f"{CLIENT}::test_by_text", "–: there is no image service"),
    "GHSA-4g27-2jf7-fvgc anonymous pages fetch": (f"{PAGES}/test_people_pages.py::test_visitors_learn_nothing_about_members",),
    "Friendica 3.3.4 reflector": (
        f"{CLIENT}::test_a_budget_for_each_host", f"{DETOURS}::test_a_redirect_makes_no_request_of_a_stranger",
        f"{DETOURS}::test_made_up_keys_of_a_partner_do_not_use_up_what_we_may_ask_of_it", f"{LIES}::test_a_delete_of_somebody_unknown_is_dropped_without_a_request"),
    "CVE-2023-36461 slow HTTP": (
        f"{CLIENT}::test_one_deadline_over_all", "tests/server/entrance/test_connections.py::test_what_does_not_go_on_is_ended"),
    "CVE-2026-34148 redirects, key fetches": (f"{CLIENT}::test_not_for_ever", f"{CLIENT}::test_a_failure_is_remembered_unless_told"),
    "CVE-2026-69132 state without expiry": ("tests/test_memory.py::test_everything_kept_in_memory_has_a_cap",),
    "CVE-2025-68475 ReDoS": ("tests/server/words/test_markdown.py::test_a_long_hostile_text_is_no_work", "tests/fuzz/test_targets.py::test_time"),
    "CVE-2022-46405 actor flood": (f"{LIES}::test_a_flood_of_new_people_is_bounded",),
    "CVE-2026-23962 unlimited options": ("tests/wire/test_documents.py::test_every_document_is_taken_or_refused_in_time",),
    "CVE-2025-32947 endless collections": (
        "tests/stories/test_conversations.py::test_a_list_without_end_costs_a_bounded_number_of_requests",
        "tests/stories/test_conversations.py::test_what_a_list_names_is_not_asked_for_without_end"),
    "CVE-2025-32948 32949 import": (
        "tests/server/members/test_takeout.py::test_a_small_archive_does_not_fill_the_memory",
        "tests/server/members/test_takeout.py::test_a_long_list_of_parts_is_refused_before_it_is_read", "tests/fuzz/test_targets.py::test_target"),
    "PeerTube 8.1.6 SQL injection": ("tests/test_published_attacks.py::test_no_sql_is_built_out_of_words",),
    "CVE-2023-36460 media tool": (f"{MEDIA}::test_what_is_no_image_is_refused_and_leaves_nothing", f"{MEDIA}::test_a_flood_of_pixels_is_refused"),
    "CVE-2023-5588 XXE": ("tests/test_published_attacks.py::test_no_parser_of_xml", "tests/server/appearance/test_assets.py::test_no_path_leads_out_of_the_theme"),
    "CVE-2023-36459 preview cards": ("–: there are no previews of links",),
    "CVE-2023-36462 link spoof": ("tests/fuzz/test_targets.py::test_target",),
    "CVE-2023-42452 stored XSS": ("tests/fuzz/test_targets.py::test_target", "tests/server/appearance/test_render.py::test_nothing_is_inline_and_nothing_comes_from_elsewhere"),
    "CVE-2025-53941 HTML injection": ("tests/fuzz/test_targets.py::test_target",),
    "snac2, WordPress <1.0 unescaped fields": ("tests/server/appearance/test_render.py::test_what_people_typed_is_text_and_what_was_cleaned_is_html",),
    "CVE-2023-28853 2024-25618 login elsewhere": ("–: there is no LDAP and no external login",),
    "CVE-2026-41259 e-mail addresses": ("tests/server/members/test_emails.py::test_what_mail_servers_may_read_differently_is_refused",),
    "CVE-2025-27157 54879 mail flooding": (
        f"{PAGES}/test_signin.py::test_asking_for_a_link_tells_nothing_and_is_limited", "tests/server/background/test_mail.py::test_the_queue_has_an_end"),
    "CVE-2024-34535 forwarding header": ("tests/server/entrance/test_proxies.py::test_only_trusted_proxies_are_believed",),
    "CVE-2025-27399 pending accounts": ("tests/server/actions/test_accounts.py::test_who_waits_cannot_be_seen_until_the_team_says_yes",),
    "CVE-2026-33869 first comer": (f"{LIES}::test_who_took_an_id_before_its_owner_loses_it",
                                   f"{LIES}::test_an_activity_has_an_id_on_its_actors_server", f"{OUT}::test_the_first_content_of_an_id_stays",
                                   "tests/stories/test_quotes.py::test_a_yes_counts_with_a_good_stamp_of_the_one_who_was_asked"),
    "CVE-2018-10657 extreme numbers": (f"{OUT}::test_impossible_dates_are_bounded", "tests/federation/test_json_gate.py::test_refused"),
    "CVE-2020-26257 2023-32323 2025-30355 2026-45076 poison items": (f"{OUT}::test_an_item_that_breaks_does_not_stop_the_others",),
    "CVE-2024-31208 unbounded algorithm": ("tests/fuzz/test_targets.py::test_time", f"{LIES}::test_one_server_cannot_fill_the_queue"),
    "CVE-2025-69223 69230 2026-22815 aiohttp": (
        f"{LIES}::test_compressed_bodies_are_refused", f"{CLIENT}::test_decompressed_bytes_count",
        "tests/server/entrance/test_connections.py::test_long_addresses_and_many_or_long_headers_are_refused"),
}
OF_NAMES = re.compile(r"\w+\('[a-z_.]+'(, '[a-z]+')?\)")  # a condition on a column, made of its name and of the kind of its values
XML = ("xml", "lxml", "defusedxml", "html5lib")


@cache
def functions_of(path: str) -> frozenset[str]:
    """The functions of a file of tests, with those in classes."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_there(name: str) -> bool:
    """Whether a file or a test of a table is there; what no test shows is said after a dash."""
    path, _, test = name.partition("::")
    return name.startswith("–: ") or (ROOT / path).is_file() and (not test or test in functions_of(path))


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_has_its_tests(attack: str) -> None:
    assert [name for name in ATTACKS[attack] if not is_there(name)] == []


def test_the_table_of_the_specification_is_whole() -> None:
    table = ROOT.parent / "shared/spec/security.md"
    if not table.is_file():
        pytest.skip("the specification is not here (../shared/spec/security.md)")
    rows = table.read_text().split("## 1. ")[1].split("### Facts")[0].splitlines()
    ids = {word.strip(",°") for row in rows if row.startswith("| CVE-") for word in row.split("|")[1].split() if word.startswith("CVE-")}
    ours = " ".join(ATTACKS)
    assert not {id_ for id_ in ids if id_.removesuffix("/9") not in ours}


@cache
def sources() -> list[ast.Module]:
    """The code of the product."""
    files = [path for folder in ("server", "federation", "moderation", "models") for path in (ROOT / folder).rglob("*.py")]
    return [ast.parse(path.read_text()) for path in files if "migration" not in str(path)]


def test_no_parser_of_xml() -> None:
    """Writing is allowed: host-meta is XRD, and quoted by `xml.sax.saxutils`. The nomenclature that a host brings is read by expat,
    which stops at a document type: `tests/models/test_catalogue.py`.
    """
    named = {alias.name for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name for name in named if name.split(".")[0] in XML} <= {"xml.sax.saxutils", "xml.parsers"}


def test_no_sql_is_built_out_of_words() -> None:
    """A text that is SQL may hold names of ours (table and column), never a value: no call with a formatted text that starts as SQL
    holds anything but names in capitals or placeholders that `models.database` makes.
    """
    found = []
    for tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
                if str(first.value).lstrip().upper().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ")):
                    found += [ast.unparse(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
    found = [name for name in found if not OF_NAMES.fullmatch(name)]
    assert not [name for name in found if "uri" in name or "body" in name or "." in name and "activity" in name], found
