"""The words for reports: what they are about as whoever reports says it, and what became of them."""
from __future__ import annotations

from models.case import Matter
from models.delivery import Report, ReportOutcome
from server.words.language import Words


def matter_line(matter: Matter, _: Words) -> tuple[str, str]:
    """The same as whoever reports says it, and what belongs to it."""
    return {
        Matter.DANGER: (_("Somebody may be in danger"), _("A life may be at risk. The team looks at this first.")),
        Matter.SCAM: (_("It is a scam"), _("Somebody wants money, a password, or sells what does not exist.")),
        Matter.MEDICAL: (_("Medical advice that may harm"), _("A dose, a miracle cure, or “stop your treatment”.")),
        Matter.PRIVACY: (_("It tells something private"), _("About me or somebody else, who has not agreed to it.")),
        Matter.HARASSMENT: (_("It hurts or hounds somebody"), _("Insults, threats, or not leaving somebody alone.")),
        Matter.PROMOTION: (_("It is advertising"), _("For a product, a treatment or a company.")),
        Matter.MINORS: (_("A child may be harmed"), _("Something that harms a child, or shows what nobody may show of a child.")),
        Matter.LAW: (_("It is against the law"), _("Say in your words which right or law, as far as you know it.")),
        Matter.OTHER: (_("Something else"), _("Tell the team in your words.")),
    }[matter]


def outcome_text(outcome: ReportOutcome, _: Words) -> str:
    """What the team tells those who reported."""
    return {
        ReportOutcome.UNSAID: _("The team has looked at it."),
        ReportOutcome.NOTHING: _("The team has looked at it and found that no rule was broken."),
        ReportOutcome.ACTED: _("The team has looked at it and has done something about it."),
        ReportOutcome.REMOVED: _("The team has looked at it and has taken it away."),
    }[outcome]


def peer_outcome_text(outcome: ReportOutcome, host: str, _: Words) -> str:
    """What the team of another server says about what it was told; nothing as long as it says nothing."""
    return {
        ReportOutcome.UNSAID: "",
        ReportOutcome.NOTHING: _("%(host)s found that no rule was broken.", host=host),
        ReportOutcome.ACTED: _("%(host)s has done something about it.", host=host),
        ReportOutcome.REMOVED: _("%(host)s has taken it away.", host=host),
    }[outcome]


def peer_text(report: Report, _: Words) -> str:
    """For the team: which server was told of a report, and what it says; nothing where none was."""
    if not report.forwarded_to:
        return ""
    told = _("%(host)s was told, without a name.", host=report.forwarded_to)
    return " ".join(part for part in (told, peer_outcome_text(report.peer_outcome, report.forwarded_to, _)) if part)
