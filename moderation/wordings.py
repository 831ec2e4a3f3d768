"""The words of every question, by purpose, oldest version first. A version is never changed: a new one is added below it.

They stand here and not in the translation catalogues: a record holds the digest of the exact words that were read
(DECISIONS 9). {community} and {condition} are filled in.
"""
from __future__ import annotations

from dataclasses import dataclass

from models.consent import Purpose


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of what is asked, by language. `material`: a yes to an older version does not count for this one; else
    only the style is new, and members are told.
    """

    version: str
    text: dict[str, str]
    material: bool = True

    def in_words(self, language: str, *, community: str, condition: str) -> str:
        """The exact words for this reader; English where the language is missing."""
        words = self.text.get(language, self.text["en"]).replace("de {condition}", "{of_condition}")
        return words.format(community=community, condition=condition, of_condition=_of(condition))


def _of(condition: str) -> str:
    """"de" before a name in French, which becomes one word with "le" and "les": "du déficit", "des maladies".

    A record holds these filled words: what was agreed to before stays as it was read.
    """
    article, _, rest = condition.partition(" ")
    short = {"le": "du", "les": "des"}.get(article.casefold())
    return f"{short} {rest}" if short and rest else f"de {condition}"


def _first(en: str, fr: str) -> tuple[Wording, ...]:
    return (Wording("2026-11", {"en": en, "fr": fr}),)


WORDINGS: dict[Purpose, tuple[Wording, ...]] = {
    Purpose.MEMBERSHIP: _first(
        "I want to be a member of {community}. I know that this place is about {condition}, so that its address alone says "
        "that I have to do with it. {community} keeps what I write here and my email address, for as long as I am a member.",
        "Je veux être membre de {community}. Je sais que ce lieu parle de {condition} : son adresse suffit à dire que cela "
        "me concerne. {community} garde ce que j’écris ici et mon adresse e-mail, tant que je suis membre."),
    Purpose.HEALTH_PROFILE: _first(
        "{community} may keep what I tell about my health: diagnosis, signs, treatments. Only I see it, unless I show a line "
        "to somebody.",
        "{community} peut garder ce que je dis de ma santé : diagnostic, signes, traitements. Personne d’autre ne le voit, "
        "sauf les lignes que je choisis de montrer."),
    Purpose.FIELD: _first(
        "This line of my profile may be read by the people I choose here. I can narrow it at any time.",
        "Cette ligne de mon profil peut être lue par les personnes que je choisis ici. Je peux revenir dessus à tout moment."),
    Purpose.FOUND_HERE: _first(
        "Other members of {community} may find me on the page People: my name here, my stripes and what I say about myself.",
        "Les autres membres de {community} peuvent me trouver sur la page Personnes : mon nom ici, mes rayures et ce que je "
        "dis de moi."),
    Purpose.FOUND_BY_PARTNERS: (*_first(
        "People of partner communities may find me too. They see my name here and what I show to them. This ends after a "
        "year, unless I say yes again.",
        "Les membres des communautés amies peuvent aussi me trouver. Ils voient mon nom ici et ce que je leur montre. Cela "
        "s’arrête après un an, sauf si je redis oui."), Wording("2026-12", {
        "en": "People of partner communities may find me too. Their servers get a copy of the lines of my profile that I show to "
              "partners, such as my illness and my country. They do not get my name or my address. Somebody who wants to meet me "
              "can ask. They learn who I am only if I say yes. If I join the waiting list, their servers also get a number. It "
              "only shows whether somebody there waits with the same illness. This ends after a year, unless I say yes again.",
        "fr": "Les membres des communautés amies peuvent aussi me trouver. Leurs serveurs reçoivent une copie des lignes de mon "
              "profil que je montre aux communautés amies, comme ma maladie et mon pays. Ils n’ont ni mon nom ni mon adresse. "
              "Une personne qui veut me rencontrer peut le demander. Elle n’apprend qui je suis que si je dis oui. Si je me mets "
              "sur la liste d’attente, leurs serveurs reçoivent aussi un numéro. Il montre seulement si quelqu’un là-bas attend "
              "avec la même maladie. Cela s’arrête après un an, sauf si je redis oui."})),
    Purpose.SHARED_OUT: _first(
        "I may write and follow beyond {community}. Then the servers of the people I write to or follow get a copy: my name "
        "here, the address of this community, which tells about {condition}, and what I send them. I can take this back. "
        "Their servers are then asked to erase, and we tell you what they answered.",
        "Je peux écrire et suivre des personnes au-delà de {community}. Les serveurs de ces personnes reçoivent alors une "
        "copie : mon nom ici, l’adresse de cette communauté, qui parle de {condition}, et ce que je leur envoie. Je peux "
        "revenir sur cet accord. Leurs serveurs sont alors priés d’effacer, et nous vous disons ce qu’ils ont répondu."),
    Purpose.MAP: _first(
        "My country may count on the map, where at least five people are in it. This ends after a year, unless I say yes "
        "again.",
        "Mon pays peut compter sur la carte, si nous y sommes au moins cinq. Cela s’arrête après un an, sauf si je redis "
        "oui."),
    Purpose.MENTOR: _first(
        "New members may write to me first. I have been through it and want to help.",
        "Les nouveaux membres peuvent m’écrire en premier. Je suis passé par là et je veux aider."),
    Purpose.RESEARCH_CONTACT: _first(
        "The team may tell me about studies. Researchers do not learn who I am before I answer. This ends after two years, "
        "unless I say yes again.",
        "L’équipe peut me parler d’études. Les équipes de recherche ne savent pas qui je suis avant ma réponse. Cela "
        "s’arrête après deux ans, sauf si je redis oui."),
    Purpose.STATISTICS: _first(
        "I may be counted in numbers about {community}. Small numbers are never shown.",
        "Je peux compter dans les chiffres de {community}. Les petits nombres ne sont jamais montrés."),
    Purpose.RESEARCH_RECORDS: _first(
        "My lines may be used in studies without my name, under the rules that I choose. This ends after two years, unless I "
        "say yes again.",
        "Mes lignes peuvent servir à des études, sans mon nom, selon les règles que je choisis. Cela s’arrête après deux "
        "ans, sauf si je redis oui."),
    Purpose.INDUSTRY: _first(
        "The team may pass invitations of companies on to me. Companies do not learn who I am. This ends after two years, "
        "unless I say yes again.",
        "L’équipe peut me transmettre des invitations d’entreprises. Elles ne savent pas qui je suis. Cela s’arrête après "
        "deux ans, sauf si je redis oui."),
    Purpose.IMAGES: _first(
        "My pictures may show my face or body, to the people I choose for each one.",
        "Mes images peuvent montrer mon visage ou mon corps, aux personnes que je choisis pour chacune."),
    Purpose.GENETICS: _first(
        "{community} may keep what I tell about my genes. It also says something about my family.",
        "{community} peut garder ce que je dis de mes gènes. Cela dit aussi quelque chose de ma famille."),
    Purpose.SEARCH_ENGINES: _first(
        "Search engines may show my page and the messages that I write for the whole web. What they have copied can stay "
        "there for a while after I take this back. This ends after a year, unless I say yes again.",
        "Les moteurs de recherche peuvent montrer ma page et mes messages écrits pour tout le web. Leurs copies peuvent "
        "rester un temps, même si je reviens sur cet accord. Cela s’arrête après un an, sauf si je redis oui."),
    Purpose.CONTENT_IN_MAIL: _first(
        "Mails and notices on my phone may say what they are about. Whoever sees my screen or my mailbox can read it.",
        "Les e-mails et les alertes sur mon téléphone peuvent dire de quoi il s’agit. Qui voit mon écran ou ma boîte peut le "
        "lire."),
    Purpose.DIRECTORY: _first(
        "My name and what I do for a living may stand in the list of professionals of {community}.",
        "Mon nom et mon métier peuvent figurer dans la liste des professionnels de {community}."),
    Purpose.MEMORIAL: _first(
        "After my death, my page may stay as a memory. Nobody can write in my name.",
        "Après ma mort, ma page peut rester en souvenir. Personne ne peut écrire en mon nom."),
}
