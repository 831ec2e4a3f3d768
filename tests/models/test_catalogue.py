"""The catalogue of conditions and signs: what is shipped, what a host imports, what is found, and files that lie."""
from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import hpo_files, records, words
from models.catalogue.catalogue import SHIPPED, Catalogue
from models.catalogue.records import BadCatalogue, Link, Name, NameKind, Release, Sign
from models.catalogue.search import Kind
from tests import catalogue

OBO = """format-version: 1.2
data-version: hp/releases/2030-01-01

[Term]
id: HP:0000118
name: Phenotypic abnormality

[Term]
id: HP:0000002
name: Long fingers
synonym: "Fingers like a spider's" EXACT layperson []
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0000003
name: Gone
is_obsolete: true

[Term]
id: HP:0000005
name: Mode of inheritance
"""
HPOA = """#version: 2030-01-01
database_id\tdisease_name\tqualifier\thpo_id
OMIM:1\tNot ours\t\tHP:0000002\tx\tTAS\t\tHP:0040281\t\t\tP\tx
ORPHA:7\tSeven disease\t\tHP:0000002\tx\tTAS\t\tHP:0040283\t\t\tP\tx
ORPHA:7\tSeven disease\t\tHP:0000002\tx\tTAS\t\tHP:0040281\t\t\tP\tx
ORPHA:7\tSeven disease\t\tHP:0000005\tx\tTAS\t\tHP:0040281\t\t\tI\tx
ORPHA:8\tEight disease\tNOT\tHP:0000002\tx\tTAS\t\t\t\t\tP\tx
"""
DISORDER = """<Disorder id="10"><OrphaCode>{code}</OrphaCode><Name lang="fr">{name}</Name><DisorderFlagList count="1">
<DisorderFlag id="1"><Value>{flag}</Value><Label/></DisorderFlag></DisorderFlagList><SynonymList count="1"><Synonym lang="fr">{also}</Synonym>
</SynonymList><DisorderType id="2"><Name lang="fr">Maladie</Name></DisorderType><DisorderDisorderAssociationList>{moved}
</DisorderDisorderAssociationList></Disorder>"""  # noqa: E501
MOVED = """<DisorderDisorderAssociation><TargetDisorder id="1"><OrphaCode>324</OrphaCode><Name lang="fr">x</Name></TargetDisorder>
<RootDisorder id="3" cycle="true"/><DisorderDisorderAssociationType id="21471"><Name lang="fr">Transféré vers</Name>
</DisorderDisorderAssociationType></DisorderDisorderAssociation>"""


def orphanet(*disorders: str) -> str:
    return f'<?xml version="1.0"?><JDBOR date="2030-07-01"><DisorderList>{"".join(disorders)}</DisorderList></JDBOR>'


def codes(question: str, kind: Kind = Kind.CONDITION, limit: int = 5) -> list[str]:
    return [one.code for one in catalogue.whole().search(question, kind, "en", limit)]


@pytest.mark.parametrize(("question", "code"), [
    ("leukemia chronic myel", "ORPHA:521"), ("leucémie myéloïde chronique", "ORPHA:521"), ("LEUKAEMIA chronic", "ORPHA:521"),
    ("maladie de fabry", "ORPHA:324"), ("fabri", "ORPHA:324"), ("fabry", "ORPHA:324"), ("marfn", "ORPHA:558"),
    ("gauchers", "ORPHA:355"), ("mucoviscidose", "ORPHA:586"), ("drépanocytose", "ORPHA:232"), ("orpha:521", "ORPHA:521"),
    ("Orphanet 324", "ORPHA:324"), ("undiagnosed", "ORPHA:616874"), ("sans diagnostic", "ORPHA:616874"),
    ("duchene muscular", "ORPHA:98896")])
def test_a_condition_is_found_however_it_is_typed(question: str, code: str) -> None:
    assert code in codes(question)


@pytest.mark.parametrize(("question", "code"), [
    ("spider fingers", "HP:0001166"), ("doigts d’araignée", "HP:0001166"), ("tired", "HP:0012378"), ("HP:0001166", "HP:0001166")])
def test_a_sign_is_found_by_words_of_lay_people(question: str, code: str) -> None:
    assert codes(question, Kind.SIGN)[0] == code


@pytest.mark.parametrize("question", [
    "", " ", '"', "* ^ NEAR(", "' ; -- (", "zzqqxxw", "\x00", "🦓", "orpha:9999999", "a" * 10_000, "-" * 500, "HP:0001166"])
def test_odd_questions_find_nothing_and_break_nothing(question: str) -> None:
    assert codes(question) == []


def test_what_is_shipped_is_whole_small_and_credited() -> None:
    entries = list(records.read(SHIPPED))
    assert SHIPPED.stat().st_size < 2_000_000
    assert sum(isinstance(one, Link) for one in entries) == 4281 and sum(isinstance(one, Sign) for one in entries) > 18_000
    assert {one.source for one in entries if isinstance(one, Release)} == {"Human Phenotype Ontology", "Orphanet"}
    parts = {one.source: one.annotations_of for one in entries if isinstance(one, Release)}
    assert parts["Orphanet"] and parts["Orphanet"][0].isdigit() and parts["Human Phenotype Ontology"] == ""
    credits = (SHIPPED.parent / "LICENSES.md").read_text(encoding="utf-8")
    versions = [one.version for one in entries if isinstance(one, Release) and one.source != "Orphanet"]
    assert all(version in credits for version in versions) and "CC BY 4.0" in str(entries[:2])
    assert not {word for word in words.FRENCH if words.fold(word) != [word]}, "a French word is written as it is never compared"


def test_a_sign_knows_what_it_is_a_kind_of_and_how_much_it_says() -> None:
    facts = catalogue.whole().signs({1166, 1238, 118, 77_777_77})
    assert {1166, 1238} <= facts[1166].above and facts[1166].information > facts[1238].information > 0
    assert 118 not in facts and 7_777_777 not in facts
    often = catalogue.whole().signs_of("ORPHA:558")
    assert ("HP:0001166", 1) in often and often == sorted(often, key=lambda pair: pair[1:] + pair[:1])


def test_building_selects_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "hp.obo").write_text(OBO)
    (tmp_path / "phenotype.hpoa").write_text(HPOA)
    made = list(hpo_files.entries(tmp_path))
    assert Sign("HP:0000002", (), 1) in made and Link("ORPHA:7", (("HP:0000002", 1),)) in made and Link("ORPHA:8", ()) in made
    assert Name("HP:0000002", "en", NameKind.LAY, "Fingers like a spider's") in made
    assert not [one for one in made if isinstance(one, Name) and one.text in ("Gone", "Mode of inheritance", "Not ours")]
    for file in ("one.gz", "two.gz"):
        records.write(tmp_path / file, made)
    assert list(records.read(tmp_path / "one.gz")) == made
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()
    with pytest.raises(BadCatalogue):
        list(hpo_files.entries(tmp_path / "nowhere.whl"))


def test_an_imported_language_is_searched_and_shown_and_retired_codes_lead_on(tmp_path: Path) -> None:
    catalogue.lay(tmp_path)
    ours, file = Catalogue(tmp_path), tmp_path / "fr.xml"
    file.write_text(orphanet(DISORDER.format(code=324, name="Maladie de Fabry", flag=1, also="Angiokératose diffuse", moved=""),
                             DISORDER.format(code=2950, name="Vieux nom", flag=8193, also="Nom perdu", moved=MOVED),
                             DISORDER.format(code=9997, name="Sans suite", flag=8193, also="Abandonné", moved="")))
    release, names = ours.import_nomenclature(file)
    assert (release.source, release.version, names) == ("Orphanet (fr)", "2030-07-01", 6)
    assert [(one.code, one.label, one.matched) for one in ours.search("angiokeratose", Kind.CONDITION, "fr")][0] == (
        "ORPHA:324", "Maladie de Fabry", "Angiokératose diffuse")
    assert ours.search("fabry", Kind.CONDITION, "en")[0].label == "Fabry disease"
    assert [one.code for one in ours.search("vieux nom", Kind.CONDITION, "fr")][:1] == ["ORPHA:324"]
    assert ours.current("ORPHA:2950") == "ORPHA:324" and ours.current("ORPHA:9997") == ours.current("ORPHA:1") == ""
    assert not [one for one in ours.search("abandonné", Kind.CONDITION, "fr") if one.code == "ORPHA:9997"]
    named = ours.labels(["ORPHA:324", "ORPHA:2950", "ORPHA:0"], "fr")
    assert named == {"ORPHA:324": "Maladie de Fabry", "ORPHA:2950": "Vieux nom"}


@pytest.mark.parametrize("text", [
    "", "not xml", "<JDBOR>", orphanet(), "<html><Disorder><OrphaCode>1</OrphaCode><Name lang='fr'>x</Name></Disorder></html>",
    '<!DOCTYPE JDBOR [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + orphanet(
        DISORDER.format(code=1, name="&b;", flag=1, also="", moved="")).partition("?>")[2],
    '<!DOCTYPE JDBOR SYSTEM "file:///etc/passwd"><JDBOR/>', "<JDBOR>" + "<a>" * 40 + "</a>" * 40 + "</JDBOR>"])
def test_a_file_that_lies_is_refused_and_changes_nothing(tmp_path: Path, text: str) -> None:
    catalogue.lay(tmp_path)
    file = tmp_path / "odd.xml"
    file.write_text(text)
    before = sorted(path.name for path in (tmp_path / "catalogue").iterdir())
    with pytest.raises(BadCatalogue):
        Catalogue(tmp_path).import_nomenclature(file)
    assert sorted(path.name for path in (tmp_path / "catalogue").iterdir()) == before
    file.write_bytes(b"\x1f\x8b" + text.encode())
    with pytest.raises(BadCatalogue):
        list(records.read(file))
