"""Words of requests for money, and addresses where one pays: regular expressions over `reading.plain`."""
from __future__ import annotations

#: Addresses where one pays or gives. The part before a slash is a host.
PLACES = (
    "paypal.me", "paypal.com/pools", "paypal.com/donate", "paypal.com/paypalme", "leetchi.com", "gofundme.com", "gofund.me",
    "lydia-app.com", "lydia.me", "revolut.me", "revolut.com/pay", "cotizup.com", "helloasso.com", "lepotcommun.fr",
    "onparticipe.fr",
    "papayoux.com", "papayoux-solidarite.com", "okpal.com", "ulule.com", "kisskissbankbank.com", "ko-fi.com", "buymeacoffee.com",
    "patreon.com", "tipeee.com", "tipeeestream.com", "justgiving.com", "crowdfunder.co.uk", "givesendgo.com", "youcaring.com",
    "donorbox.org", "wise.com/pay", "cash.app", "venmo.com", "monzo.me", "sumup.link", "buy.stripe.com", "donate.stripe.com",
    "checkout.stripe.com", "pay.sumup.com", "zeffy.com", "whydonate.com", "fundrazr.com", "indiegogo.com", "kickstarter.com",
    "spotfund.com", "liberapay.com", "wero-wallet.eu", "stripe.com/pay", "square.link", "chuffed.org", "gogetfunding.com",
    "givealittle.co.nz",
    "launchgood.com", "mightycause.com", "alvarum.com", "dons.org",
)
#: Those that stand taken apart in a text only where somebody took them apart.
SPLIT = ("paypalme", "leetchi", "gofundme", "revolutme", "cotizup", "lepotcommun", "lydiaapp", "cashapp")
#: Names that say it even when the address was taken apart, and are no word or name of a person.
NAMES = ("paypalme", "leetchi", "gofundme", "revolutme", "cotizup", "lepotcommun", "buymeacoffee",
         "lydiaapp", "cashapp", "justgiving", "kisskissbankbank", "papayoux",
         "givesendgo", "moneygram", "westernunion", "transcash", "paysafecard", "neosurf",
         "onparticipe", "monzome")
_AMOUNT = (r"(?:\d[\d .,]{0,20}\s?(?:€|euros?|eur|usd|\$|dollars?|£|pounds?|gbp|quid|balles|francs?|btc)|"
           r"[€$£]\s?\d[\d .,]{0,20})")
_CHANNEL = (r"(?:paypal|lydia|revolut|paylib|wero|wise|western union|moneygram|virement|rib|iban|cagnotte|leetchi|gofundme|"
            r"cash ?app|venmo|zelle|"
            r"bank transfer|wire transfer|crypto|bitcoins?|btc|usdt|ethereum|gift cards?|cartes? cadeaux?|carte prepayee|pcs|"
            r"transcash|neosurf|"
            r"itunes cards?|google play cards?|steam cards?|coupons? (?:pcs|recharge)|mandat cash|orange money|mobile money)")
#: Requests in words.
ASKING = (
    rf"(?:envoye[zr]?|envoie|verse[zr]?|transfere[zr]?|vire[zr]?|pretez|prete[zr]?[ -]moi|avance[zr]?[ -]moi|payez|"
    rf"regle[zr])[^.\n]{{0,50}}"
    rf"(?:{_AMOUNT}|de l'argent|l'argent|la somme|un don)[^.\n]{{0,60}}{_CHANNEL}",
    rf"(?:envoye[zr]?|envoie|verse[zr]?|transfere[zr]?|vire[zr]?|payez|payer|regler|aidez|aider|participe[zr]|donne[zr]|"
    rf"soutene[zr]|don|dons)[^.\n]{{0,40}}"
    rf"(?:par|via|sur|avec|en|ma|mon|notre|a la|au)\s(?:ma |mon |notre |une |un |compte )?{_CHANNEL}\b",
    rf"(?:send|wire|transfer|lend|loan|give|donate|pay|help|chip in|contribute)\b[^.\n]{{0,50}}(?:via|through|by|with|using|"
    rf"to|in|on|thru)\s"
    rf"(?:my |our |the |a |an |this )?{_CHANNEL}\b",
    rf"(?:send|wire|transfer|lend|loan|give)\s(?:me|us|him|her)\b[^.\n]{{0,30}}(?:{_AMOUNT}|money|cash|{_CHANNEL})",
    r"(?:pretez|pretez[ -]moi|preter|donnez|donnez[ -]moi|envoyez[ -]moi|envoie[ -]moi|j'ai besoin de|avancer|"
    r"avancez[ -]moi)\b[^.\n]{0,30}"
    rf"{_AMOUNT}[^.\n]{{0,60}}(?:rembours|rend|en urgence|urgent|vite|pour (?:payer|acheter|finir))\w*",
    r"(?:faites|faire|fais) (?:donc )?(?:un|vos|des|ton|votre) dons?\b[^.\n]{0,60}(?:ici|lien|cagnotte|sur|via|par|compte|"
    r"https?:|www)",
    r"(?:participe[zr]|contribue[zr]|donne[zr]|soutene[zr]|partage[zr])[^.\n]{0,40}(?:a |la |ma |notre |sa |cette |"
    r"une )+cagnotte",
    r"(?:ma|notre|sa|une) cagnotte (?:en ligne )?(?:pour|est ouverte|est en ligne|afin|ici|solidaire pour)|(?:ouvert|cree|"
    r"lance|lancons) (?:une|la|notre) cagnotte",
    r"(?:please |pls )?(?:donate|chip in|contribute)\b[^.\n]{0,50}(?:here|link|fundraiser|fund|page|https?:|www|below|"
    r"to (?:help|support|our|my))",
    r"(?:my|our|his|her|this) (?:fundraiser|fundraising page|crowdfund\w*|donation page|tip jar)|(?:started|set up|created|"
    r"opened) a (?:fundraiser|gofundme|crowdfund\w*)",
    r"(?:invest\w*|gagne[zr]|earn|make|double[zr]?)\b[^.\n]{0,60}(?:bitcoins?|btc|crypto\w*|trading|forex|usdt)",
    r"(?:bitcoins?|btc|crypto\w*|forex|trading)\b[^.\n]{0,60}(?:investi|invest|profit|benefice|rendement|gagne|earn|returns?|"
    r"wallet|portefeuille)",
    r"(?:gift cards?|cartes? cadeaux?|tickets? (?:pcs|transcash|neosurf)|recharges? (?:pcs|transcash))[^.\n]{0,50}(?:code|"
    r"photo|send|envoy|number|numero)",
    r"(?:gratter|scratch)[^.\n]{0,30}code|(?:send|envoye[zr]?|envoie)[^.\n]{0,30}(?:codes?|photo|"
    r"picture)[^.\n]{0,30}(?:gift cards?|cartes? cadeaux?|pcs|transcash|neosurf|recharge)",
    rf"(?:paiements?|payments?|regler|reglement|paye[rz]?|pay|checkout|payable)\s(?:\w+\s){{0,2}}?(?:par |via |by |with |"
    rf"through |en |in |sur )?{_CHANNEL}\b",
    rf"(?:je vends|vends|i sell|i'm selling|for sale|a vendre|vendu|price|prix|tarif|only|"
    rf"seulement)\b[^.\n]{{0,60}}{_AMOUNT}[^.\n]{{0,40}}{_CHANNEL}",
    rf"{_CHANNEL} (?:only|uniquement|accepte\w*|accepted|seulement|preferred)\b",
    r"\d{1,4} ?% (?:de |of )?(?:returns?|profits?|rendements?|gains?|par (?:mois|jour|semaine)|a (?:day|week|month)|daily|weekly|"
    r"monthly|roi)",
    r"\b(?:go fund me|leet chi|pay pal me|just giving page|buy me a coffee)\b",
    r"(?:aidez|aide|help)[ -](?:nous|moi|us|me|him|her|them|les|la|le) (?:a |to )?(?:atteindre|reach|hit|meet|financer|fund|"
    r"payer|pay for|raise|reunir|patreon|tipeee|ko-?fi|kickstarter|cotizup|doubl|tripl|multipl|finance)\b",
    r"(?:aidez[ -](?:moi|nous)|help (?:me|us)|j'ai besoin d'une? aide|besoin d'aide|need help|can (?:anyone|you|"
    r"someone) help)[^.\n]{0,25}financi\w+",
    r"(?:chaque (?:euro|don|centime)|every (?:penny|pound|dollar|cent|little|bit)|any (?:amount|donation|contribution)|"
    r"meme (?:1|2|5|10) ?(?:€|euros?)|even (?:[£$€] ?)?\d+)"
    r" (?:compte|counts?|helps?|would help|aide\w*|is welcome|makes a difference|est bienvenu\w*)",
    r"(?:sponsor me|sponsor us|parraine[zr][ -](?:moi|nous)|parrainez ma course)\b",
    r"\b(?:doubl|tripl|multipl)\w* (?:your|votre|ton|vos|their|my) (?:money|argent|mise|invest\w*|capital|savings|economies)",
    r"\b(?:our|my|his|her|their|notre|ma|mon|sa|leur) (?:gofundme|go fund me|leetchi|cotizup|justgiving|kickstarter|patreon|"
    r"tipeee|ko-?fi)\b",
    rf"{_AMOUNT}[^.\n]{{0,30}}\b(?:via|through|par|by|with|on|sur) {_CHANNEL}\b",
)
WARNED = (r"\b(?:mefi\w*|attention|arnaqu\w*|escro\w*|ne (?:donnez|payez|envoyez|versez|faites|participez|jamais)|jamais|"
           r"n'envoyez|n'accept\w*|scams?|scammers?|"
           r"beware|never|don't|do not|fraud\w*|signal\w*|report\w*|careful|refus\w*|interdi\w*|banned?|not allowed|"
           r"asked me to|wanted me to|m'a demande|me demandait|on m'a|"
           r"merci a tous|thank you (?:all|everyone))\b")
#: A word without which nobody asks for money: most messages end here.
WORTH_A_LOOK = (r"paypal|lydia|revolut|paylib|wero|wise|western|moneygram|virement|\brib\b|iban|cagnotte|leetchi|gofund|"
                      r"cash ?app|venmo|zelle|transfer|"
                      r"crypto|bitcoin|\bbtc|usdt|ethereum|gift card|cadeau|prepay|\bpcs|transcash|neosurf|cards?\b|coupon|"
                      r"money|argent|"
                      r"\bdons?\b|donat|chip in|contribut|fundrais|crowdf|tip jar|trading|forex|€|euros?\b|\beur\b|[$£]|"
                      r"dollars|pounds|quid|balles|gratter|scratch|go fund me|leet chi|just giving|coffee|atteindre|reach|"
                      r"\bhit\b|\bmeet\b|financ|\bfund|raise|reunir|patreon|tipeee|ko-?fi|kickstarter|cotizup|doubl|tripl|"
                      r"multipl|"
                r"compte|counts?|helps|sponsor|parrain|[%]")
