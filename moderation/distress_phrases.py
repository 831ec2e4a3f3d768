"""The phrases of `moderation.distress`: what people write who think of dying, and what takes it back. Regular expressions over
lower case without accents, one sentence at a time; every repetition is bounded, so that no text makes them slow.
"""
from __future__ import annotations

_DIE = (r"(?:mourir|crever|me tuer|me suicider|m'oter la vie|me pendre|me faire du mal|me scarifier|m'ouvrir les veines|"
        r"me foutre en l'air|me jeter (?:sous|du|dans|par)|en finir(?! (?:\w+ )?avec (?!la vie|ma vie|tout|cette vie))|"
        r"disparaitre(?! (?:du|de|des|une|un|quelques|pendant))|mettre fin a (?:mes jours|ma vie|tout)|"
        r"etre morte?\b|ne plus (?:etre la|exister|vivre|(?:jamais )?me reveiller)|plus (?:etre la|exister|vivre)|"
        r"avaler (?:tou\w+|la boite)|prendre (?:tous mes|toute la boite|toutes mes)|m'endormir (?:pour toujours|et ne))")
_WANT = (r"(?:veux|voudrais|voulais|souhaite|prefere|prefererais|aimerais|vais|pense (?:souvent |encore |sans cesse |"
          r"parfois )?a|"
         r"ne pense (?:plus )?qu'a|reve de|songe (?:souvent )?a|compte|envisage de|suis prete? a|finirai par|m'apprete a|"
         r"ai (?:juste |tellement |souvent |trop |encore )?envie (?:de|d')|ai decide (?:de|d'))")
FRENCH = (
    rf"\b(?:je|j'|j)\s?(?:\w+ )?{_WANT}\s?(?:(?:juste|seulement|vraiment|bien|tout|en|a|de|y) ){{0,2}}{_DIE}",
    rf"\benvies? (?:de |d'){_DIE}",
    r"\b(?:j'ai|j ai|mes|me vien\w+|avoir|avec) (?:\w+ ){0,4}(?:idees noires|idees? suicidaires?|"
    r"pensees? (?:suicidaires?|noires))",
    r"\b(?:idees noires|idees? suicidaires?|pensees suicidaires) (?:qui )?(?:me |reviennent|m')",
    r"\bj'ai failli (?:me (?:jeter|pendre|suicider|foutre)|en finir|passer a l'acte|sauter)",
    r"\bme suicider\b",
    r"\bmettre fin a (?:mes jours|ma vie)\b",
    r"\ben finir avec (?:la vie|ma vie)\b",
    r"\bm'oter la vie\b",
    r"\b(?:j'ai|je (?:n'ai |ne trouve )?|n'ai) ?plus (?:\w+ )?(?:envie|la force|le courage|le gout|gout|raison|de raisons?) "
    r"(?:de |d')(?:vivre|etre en vie|rester en vie|la vie|exister|continuer a vivre)",
    r"\bplus (?:envie|gout) (?:de|a) (?:la vie|vivre)\b",
    r"\b(?:aucune|plus aucune) raison de (?:vivre|rester|continuer)\b",
    r"\bje (?:ne )?(?:veux|peux|supporte|desire) plus (?:vivre|exister|etre la|de vivre|rester en vie)\b",
    r"\bj'?\s?(?:n')?en (?:peux|veux) plus de (?:la vie|vivre|cette vie)\b",
    r"\b(?:mieux|tranquilles?|soulages?|plus heureu\w+) sans moi\b",
    r"\bmieux si je (?:n'etais|mourais|disparaissais|n'existais)",
    r"\bmieux (?:morte?\b|que je (?:meure|disparaisse|parte pour))",
    r"\bje (?:serais|suis) mieux morte?\b",
    r"\bsi je (?:mourais|disparaissais|n'etais plus la)\b[^.!?]{0,80}(?:personne|manquer|remarquer|regretter|pareil)",
    r"\bpersonne[^.!?]{0,80}\bsi je (?:mourais|disparaissais|n'etais plus la)\b",
    r"\ba quoi (?:bon|ca sert)(?: de)? (?:vivre|rester en vie|continuer a vivre|d'etre en vie|exister)\b",
    r"\ba quoi bon continuer\s*$",
    r"\bla vie (?:ne |n')?(?:vaut|en vaut|a) (?:plus|pas) (?:la peine|le coup|de sens)",
    r"\bma vie (?:ne |n')?(?:vaut|a|sert) plus (?:rien|de sens|a rien|la peine)",
    r"\bque tout (?:ca )?s'arrete (?:pour de bon|enfin)\b",
    r"\b(?:que|pour que) tout s'arrete\s*$",
    r"\blettres? d'adieu\b",
    r"\bm'endormir et (?:ne )?(?:plus|pas|jamais)\b[^.!?]{0,80}reveiller",
    r"\bne (?:plus|pas|jamais) (?:jamais )?me reveiller\b",
    r"\bje me (?:scarifie|mutile|taillade|fais du mal|fais volontairement)\b",
    r"\bje me coupe (?:les (?:bras|veines|cuisses|poignets)|la peau|le bras|a nouveau|pour)",
    r"\bme (?:couper|scarifier|mutiler) "
    r"(?:a nouveau|encore|les (?:bras|veines)|pour)",
    r"\brecommence a me (?:couper|scarifier|mutiler|faire du mal)",
    r"\b(?:cachets|comprimes|medicaments|boites|pilules)\b[^.!?]{0,80}\bpour (?:en finir|mourir|que ca s'arrete|ne plus me)",
    r"\bj'ai (?:tente|essaye|voulu) (?:de )?(?:me (?:tuer|suicider)|mourir|mettre fin|en finir)",
    r"\b(?:mon|mes) (?:plan|plans) pour "
    r"(?:mourir|en finir|me)",
    r"\bce (?:sera|message est|sera sans doute) mon (?:dernier message|dernier|adieu)\b",
    r"\bj'ai fait une (?:ts|tentative)\b",
    r"\bje ne (?:verrai|passerai) pas (?:la nuit|demain|noel)\b",
    r"\b(?:elle|il|fille|fils|mari|femme|frere|soeur|ami|amie|mere|pere|compagne|compagnon) (?:\w+ ){0,4}"
    r"(?:veut|parle de|menace de|dit qu'(?:il|elle) va|essaie de|a essaye de|pense a) (?:se (?:suicider|tuer|pendre|"
    r"faire du mal)|"
    r"en finir|mettre fin a ses jours|sauter)",
    r"\b(?:pens|song|envi|idee|decid|tent|prepar|essay|obsed|parl)\w*\b[^.!?]{0,40}\b(?:me (?:tuer|suicider|pendre|"
    r"foutre en l'air)|"
    r"m'ouvrir les veines|mettre fin a (?:mes jours|ma vie))",
    r"\bje (?:me (?:suis|serais|serai) (?:\w+ )?(?:suicidee?|pendue?|tailladee?|scarifiee?|ouvert les veines)|"
    r"me (?:suicide|pends|"
    r"fous en l'air)|m'ouvre les veines|(?:mets|mettrai|vais mettre) fin a (?:mes jours|ma vie))",
    r"\bje me tue(?! a | au )\b",
    r"\b(?:fatiguee?|lasse?|marre|epuisee?|ras le bol|assez|degoutee?) de (?:vivre|la vie|cette vie|ma vie|etre en vie|"
    r"exister)\b",
    r"\b(?:avale|pris|ingere|gobe) (?:\w+ ){0,4}(?:boites?|plaquettes?|cachets|comprimes|somniferes?|"
    r"medicaments)\b[^.!?]{0,40}\b(?:expres|"
    r"volontairement|d'un coup|pour (?:en finir|mourir|ne plus))",
    r"\benvies? (?:de |d'|tres )?(?:suicide|suicidaires?|mort|mort[s ])\b",
    r"\b(?:plus rien|rien|plus personne) ne me retient\b",
    r"\b(?:soulag|mieux|heureu|simple|libre|tranquill)\w*\b[^.!?]{0,40}\bsi je "
    r"(?:n'etais|mourais|disparaissais|n'existais)",
    r"\bvivre (?:ainsi|comme (?:ca|cela))\b[^.!?]{0,20}(?:peux plus|plus possible|impossible)",
    r"\brejoindre (?:mon|ma|mes) \w+ (?:la-haut|au ciel|dans la tombe|de l'autre cote)",
    r"\bla mort (?:serait|sera|est) (?:\w+ )?(?:un soulagement|"
    r"une delivrance|une liberation|la seule|ma seule|mieux)",
    r"\b(?:souhaite|attends|desire|appelle|vivement) (?:\w+ )?(?:la|ma) mort\b",
    r"\b(?:mieux|faudrait|vivement|voudrais|veux|souhaite|attends) (?:\w+ )?que je (?:meure|creve|disparaisse)\b",
    r"\bj'aurais (?:du|prefere) (?:mourir|y rester|crever|ne pas me reveiller)",
    r"\b(?:me laisser|laissez-moi|laisse-moi) (?:mourir|crever|partir pour)",
    r"\bje (?:n'ai|ai) plus rien a faire (?:sur (?:cette )?terre|ici-bas|dans ce monde)",
    r"\bje (?:ne )?devrais plus etre (?:en vie|la)\b",
    r"\bdit (?:\w+ )?qu'(?:il|elle) (?:veut|voudrait|prefere(?:rait)?|va) (?:mourir|en finir|se (?:tuer|suicider))",
)
_WISH = (r"(?:want|wish|need|plan|intend|hope|feel like|going|planning|ready|thinking (?:of|about)|think (?:of|about)|"
         r"keep thinking (?:of|about)|decided|rather|would like|tempted|about|dream of|tried|considering|consider)")
_END = (r"(?:die\b(?! my)|dying\b|be dead\b|kill(?:ing)? my ?self|end(?:ing)? (?:it all|my life|everything|it\s*$|"
          r"it tonight|things for good)|"
        r"disappear(?:ing)? for ?ever|(?:hurt|harm|hang|cut|shoot)(?:ting|ing)? my ?self|not (?:be here|exist|wake up|"
        r"be alive)|"
        r"(?:go|fall|going|falling) (?:to sleep|asleep) and (?:not|never)|jump(?:ing)? (?:off|in front)|tak(?:e|"
        r"ing) my (?:own )?life|"
        r"tak(?:e|ing) (?:all (?:of )?(?:my|the|these)|the whole)|swallow(?:ing)? (?:all|the whole)|overdos(?:e|ing)|"
        r"suicide)")
ENGLISH = (
    rf"\b(?:i|i'm|im|i am|i've|i'd|id|i have been|i just)\b (?:\w+ ){{0,3}}{_WISH}(?: to)? (?:just |really |only |all |"
    rf"it ){{0,2}}{_END}",
    r"\bkill(?:ing)? my ?self\b",
    r"\bend(?:ing)? my (?:own )?life\b",
    r"\btak(?:e|ing) my own life\b",
    r"\b(?:i|i'm|im|i am|i feel|feel|feeling|been|me) (?:\w+ ){0,3}suicidal\b",
    r"\bi (?:\w+ ){0,4}suicidal (?:thoughts|ideas|feelings)",
    r"\bmy suicidal (?:thoughts|ideas)",
    r"\bi wish i (?:was|were) (?:dead|gone)\b",
    r"\bi wish i (?:had|'d)? ?(?:never|not) (?:been |"
    r"wake|woken)",
    r"\bwish i (?:had died|would die|could (?:die|just die|disappear|not wake|never wake))",
    r"\bi (?:don't|do not|dont|no longer|really don't|just don't) want to (?:(?:live|exist)(?: any ?more| any longer|"
    r" like this| this way| "
    r"with this| another day|\s*(?:$|,))|be here(?: any ?more|\s*$)|be alive|wake up(?! (?:the|my|him|her|early))|"
    r"(?:go|carry) on(?: living| any ?more|\s*$))",
    r"\bnot wak(?:e|ing) up (?:tomorrow|again|any ?more)",
    r"\bi (?:can't|cannot|cant) (?:go on|carry on|live|keep living|keep going)(?: like this| any ?more| any longer|\s*$)",
    r"\b(?:no|any|see a|a) reason (?:left )?to (?:live|stay alive|go on|keep living|be alive|wake up)\b",
    r"\bnothing (?:left )?to live for\b",
    r"\blife (?:is not|isn't|isnt|is no longer|no longer feels) worth (?:living|it)\b",
    r"\b(?:not|n't|nt) worth living\b",
    r"\b(?:(?:what's|what is|whats|see) the|no) point (?:of|in) (?:living|being alive|staying alive|going on)\b",
    r"\b(?:better|easier|happier|relieved) (?:off )?(?:without me\b|dead\b|if i (?:was|were|wasn't|weren't|died|"
    r"disappeared|just))",
    r"\bi(?:'ve| have)? (?:been )?(?:sav|stockpil|collect|hoard)(?:ed|ing) (?:up )?(?:\w+ ){0,2}(?:pills|tablets|meds|"
    r"medication)",
    r"\b(?:i|i've|my)\b[^.!?]{0,30}\b(?:suicide|goodbye|farewell) (?:note|letter)s?\b",
    r"\bthis is (?:my )?goodbye\b",
    r"\bmy last (?:post|message) (?:here )?ever\b",
    r"\bi (?:\w+ )?(?:cut|cutting|burn|burning) my ?self (?:again|on purpose|to feel|last night|tonight|every|when)",
    r"\b(?:started|start|back to|stop|keep) (?:cutting(?: my ?self)?|self-? ?harming|hurting my ?self)\b",
    r"\bi self-? ?harm",
    r"\bi (?:\w+ )?hurt my ?self on purpose",
    r"\bnobody would (?:\w+ )?(?:notice|miss me|care) if i (?:died|was gone|were gone|disappeared)",
    r"\bif i (?:died|disappeared|was gone|were gone)\b[^.!?]{0,80}(?:nobody|no one|notice|miss me|care)",
    r"\bwon't be (?:here|around) tomorrow\b",
    r"\bi (?:tried|attempted) (?:to kill my ?self|suicide|to end)",
    r"\bmade a plan to (?:die|end|kill)",
    r"\b(?:done|tired|sick|finished|through) (?:with|of) (?:life|living|being alive|existing|my life)\b",
    r"\bi (?:\w+ )?(?:took|overdosed)\b[^.!?]{0,20}"
    r"(?:overdose|on purpose)",
    r"\bcutting my ?self\b",
    r"\bhope (?:that )?i (?:don't|do not|never|won't) wake",
    r"\bwish i could\b[^.!?]{0,25}(?:never|not) wake",
    r"\b(?:kill(?:ing)? (?:him|her|them)sel(?:f|ves)|end(?:ing)? (?:his|her|their) (?:own )?life|tak(?:e|ing) (?:his|"
    r"her|their) own life)\b",
    r"\bdeath (?:would|will|is|seems|feels|sounds)\b[^.!?]{0,20}(?:relief|better|only way|escape|answer)",
    r"\bi (?:\w+ )?see no (?:other )?way out\b",
    r"\bend(?:ing)? it all\b",
    r"\b(?:given|giving|give|gave) up on (?:life|living)\b",
    r"\b(?:lost|no|without|losing) (?:the |my )?will to live\b",
    r"\bi (?:should|deserve to|ought to) (?:just )?(?:die|be dead|have died)\b",
    r"\blet me die\b",
    r"\bkms\b",
    r"\bunalive\b",
    r"\b(?:he|she|they|son|daughter|husband|wife|brother|sister|friend|mum|mom|dad|partner) (?:\w+ ){0,4}(?:wants?|"
    r"threatens?|threatening|"
    r"talks?|talking|going|says?|said|tried) (?:\w+ ){0,4}(?:kill(?:ing)? (?:him|her|them)(?:self|selves)|"
    r"end(?:ing)? (?:his|her|their) life|suicide)",
)
#: Wanting and dying in one breath, with nobody else and no denial between them: wider than the phrases below, which it completes.
_NOBODY_ELSE_FR = (r"(?:(?!\b(?:il|elle|on|nous|ils|elles|papa|maman|mon|ma|mes|son|sa|ses|leur|pas|jamais|peur|le|la|"
          r"les|du|quand|que (?!de))\b)"
                   r"[^.!?]){0,40}?")
_WANTING_FR = (r"(?:veux|voulais|voudrais|souhaite\w*|envies?|pensees?|pense|pensais|reve|songe|decidee?|decision|"
          r"prete?|hate|espere|prefere\w*|"
               r"aimerais|simple|mieux|solution|idee|plutot|attends|deux doigts|bout|besoin|tentee?|vais|finirai)")
_DYING_FR = (r"(?:mourir|crever|(?:etre|sois|finir|serais) morte?\b|(?:au|de|le|un|mon) suicide|me (?:tuer|suicider|"
          r"pendre|scarifier|mutiler)|sauter (?:par la|d'un|"
             r"du haut|dans le vide)|en finir(?! (?:\w+ )?(?:avec|vite) ?(?!la vie|ma vie|tout|cette vie))|"
             r"tout s'arrete\b|passer a l'acte|"
             r"ne plus (?:me reveiller|exister|etre la|vivre)|mettre fin a (?:mes|ma))")
_NOBODY_ELSE_EN = (r"(?:(?!\b(?:he|she|they|we|you|him|her|his|their|the|not|never|afraid|scared|fear|when|that|who|"
          r"my (?:son|daughter|mum|mother|dad|father|"
                   r"husband|wife|brother|sister))\b)[^.!?]){0,30}?")
_WANTING_EN = (r"(?:want|wanting|wish|thoughts?|think|thinking|dream|hope|hoping|plan|planning|decided|ready|rather|"
          r"easier|better|need|tempted|about to|"
               r"going to|feel like|urge|'ll|will)")
_DYING_EN = (r"(?:(?:to|of|about|just) die\b(?! my)|be dead|was dead|were dead|of dying|about dying|like dying|(?:of|"
          r"about|commit) suicide|(?:kill|hang|cut|shoot|drown)(?:ting|ing)? "
             r"my ?self|end(?:ing)? my life|not wak(?:e|ing) up|jump off)")
WIDE = (
    rf"\b(?:je|j'|me|m'|moi)[^.!?]{{0,40}}?\b{_WANTING_FR}\b{_NOBODY_ELSE_FR}\b{_DYING_FR}",
    rf"\b{_WANTING_FR}\b{_NOBODY_ELSE_FR}\b{_DYING_FR}[^.!?]{{0,20}}\b(?:me|moi|je)\b",
    r"\bmourir (?:me|m')? ?(?:soulagerait|serait|arrangerait)",
    r"\bje (?:ne )?(?:serai|suis) plus la (?:demain|ce soir|lundi|noel)\b",
    r"\bje\b(?: \S+){0,5} plus(?: \S+){0,4} (?:en vie|exister|d'etre la|d'etre encore la|vivre)\b(?! (?:sans|chez|"
    r"seule?|ici|a |en |normal|avec (?:lui|elle|mes|mon|ma)))",
    r"\bsauter (?:par la fenetre|d'un pont|du pont|dans le vide|du balcon)",
    r"\ba deux doigts de (?:passer|en finir|le faire|sauter)",
    r"\bje me suis (?:coupee?|scarifiee?|mutilee?|brulee?)\b[^.!?]{0,30}\b(?:pour|expres|calmer|encore)\b",
    r"\b(?:fils|fille|enfant|mari|femme|frere|soeur|amie?|compagn\w+|ado|elle|il)\b[^.!?]{0,40}\b(?:dit|dis|ecrit|"
    r"ecrivait|avoue|repete|confie)\b[^.!?]{0,20}"
    r"\b(?:veut|voulait|voudrait|prefere\w*) (?:mourir|en finir|se (?:tuer|suicider)|etre morte?)(?! (?:chez|a la|dans|"
    r"en paix))",
    rf"\b(?:i|i'm|i'd|i'll|i've|my)\b[^.!?]{{0,30}}?\b{_WANTING_EN}\b{_NOBODY_ELSE_EN}\b{_DYING_EN}",
    r"\b(?:easier|better)\b[^.!?]{0,15}\bi (?:was|were) dead\b",
    r"\bi\b(?: \S+){0,5}(?:n't|not|never|no longer|cannot)(?: \S+){0,4} (?:stay alive|be alive|exist|keep living|"
    r"go on living|wake up(?: tomorrow| again| any ?more|\s*$))",
    r"\b(?:pills|tablets|meds)\b[^.!?]{0,50}\b(?:take|swallow) (?:them all|all of them)",
    r"\b(?:cachets|comprimes|boites?)\b[^.!?]{0,50}\b(?:avaler|prendre) tou\w+",
    r"\b(?:je|j'|me|m'|mon|ma|mes|moi)\b[^.!?]{0,40}\b(?:pulsions?|envies?|idees?|pensees?|crises?) suicidaires?",
    r"\bcomment (?:mourir|en finir|me (?:tuer|suicider))\b",
    r"\b(?:je|j')[^.!?]{0,60}\bque je (?:meure|creve)\b",
    r"\bmieux d'etre morte?\b",
    r"\bvous ne me (?:verrez|reverrez|lirez) plus\b",
    r"\b(?:fils|fille|enfant|mari|femme|frere|soeur|amie?|compagn\w+|ado|elle|il)\b[^.!?]{0,40}\bqu'(?:il|elle) (?:va|"
    r"allait|veut|voulait) (?:se (?:tuer|suicider|pendre)|en finir|mourir ce)",
    r"\bje me dis[^.!?]{0,30}\b(?:accident|mourir|mort)\b[^.!?]{0,20}\b(?:reglerait|arrangerait|serait|simple|mieux)",
    r"\bsuicide\b[^.!?]{0,20}\b(?:my mind|my head)",
    r"\b(?:my mind|my head)\b[^.!?]{0,20}\bsuicide\b",
    r"\bi(?:'m| am) ending it\b(?! with)",
    r"\bwish\b[^.!?]{0,30}\b(?:had killed me|killed me|would kill me|took me)\b",
    r"\bhow to die\b",
    r"\bpray\b[^.!?]{0,15}\bi (?:will not|won't|don't|never) wake",
    r"\b(?:i'll|i will|i would|i'd) (?:\w+ )?be dead\b",
    r"\bhop(?:e|ing) (?:that )?i (?:don't|do not|never|won't) wake",
    r"\b(?:i|she|he) should have died\b",
    r"\b(?:son|daughter|child|husband|wife|brother|sister|friend|partner|mum|mom|dad|she|he|"
    r"teen)\b[^.!?]{0,25}\b(?:told|says|said|saying|writes|wrote|texted|keeps)\b"
    r"[^.!?]{0,20}\b(?:wants?|wanted|wishes) (?:to (?:die|be dead)|(?:he|she|they) (?:was|were) dead)(?! (?:at home|in|"
    r"with))",
)
#: What takes it back, in the same sentence.
NOT_MEANT = (
    r"\bmdr+\b",
    r"\blol\b",
    r"\bha(?:ha)+\b",
    r"\bptdr\b",
    r"\b(?:mort|morte|mourir|creve\w*|crever) de (?:rire|faim|soif|honte|chaud|froid|"
    r"ennui|trouille|peur|jalousie|fatigue|chaleur|vieillesse)",
    r"\bcrever d'(?:envie|ennui)",
    r"\bdie (?:of|from) (?:laugh\w+|embarrass\w+|"
    r"boredom|shame|hunger|old age)",
    r"\bdie laughing\b",
    r"\bdying (?:to (?:know|see|try|meet|hear|read|tell|taste|find)|of (?:laughter|"
    r"boredom|embarrassment|curiosity)|for a)",
    r"\bmourir (?:chez (?:moi|nous|lui|elle)|a la maison|dans la dignite|dignement|en paix|entoure\w*|sans souffrir|vieille?|"
    r"tranquille\w*|dans mon lit|un jour)",
    r"\b(?:die|dying) (?:at home|with dignity|in peace|peacefully|surrounded|old|in my (?:own )?bed|"
    r"well|one day|someday)",
    r"\bmourir (?:avant|apres) (?:mon|ma|mes|lui|elle|eux)\b",
    r"\b(?:talk|talks|talking|speak|speaking|parler|discuter) (?:about|of|de) (?:dying|death|mourir|la mort)",
    r"\bavant de (?:mourir|disparaitre|crever)",
    r"\bbefore i die\b",
    r"\b(?:j'ai|ai|je n'ai|j'ai meme|n'ai) (?:pas|jamais|aucune?|jamais eu|pas eu|plus) (?:\w+ ){0,2}(?:envie|idees?|"
    r"pensees?|d'idees?|de pensees?)"
    r" (?:de |d')?(?:mourir|me|en finir|noires?|suicidaires?|disparaitre)",
    r"\bje ne (?:vais|veux|pense|compte|voulais|voudrais) (?:surtout )?pas\b",
    r"\bje (?:vais|veux|pense|compte) pas\b",
    r"\b(?:pas|jamais|sans) (?:\w+ )?(?:envie de (?:mourir|me)|me suicider|mettre fin a)",
    r"\b(?:not|never|no longer|isn't|wasn't|n't|without) (?:\w+ ){0,2}(?:suicidal|kill(?:ing)? my ?self|"
    r"hurt(?:ing)? my ?self|end(?:ing)? my life|cutting)",
    r"\bi (?:don't|do not|dont|never|no longer|didn't|did not) (?:really |ever )?(?:want|wanted|plan|wish|intend|"
    r"think (?:of|about)) (?:to )?(?:die|kill|end|"
    r"be dead|dying)",
    r"\bil y a (?:\d+|quelques|plusieurs|des|deux|trois|quatre|cinq|six|sept|huit|dix|quinze|vingt|"
    r"longtemps)[^.!?]{0,80}\b(?:ans|annees|longtemps)\b",
    r"\ba l'epoque\b",
    r"\bautrefois\b",
    r"\bdans ma jeunesse\b",
    r"\bplus jeune\b",
    r"\b(?:years|decades) ago\b",
    r"\bback then\b",
    r"\bused to\b",
    r"\bwhen i was (?:a |young|\d|in my)",
    r"\bno longer feel",
    r"\bas a teenager\b",
    r"\b(?:ca va|je vais) (?:beaucoup )?mieux (?:maintenant|aujourd'hui)",
    r"\bsi (?:vous|tu|quelqu'un|on|un proche)\b",
    r"\bquand (?:vous|tu|on) (?:avez|as|a|pense|pensez) ",
    r"\bif (?:you|someone|somebody|anyone|a friend)\b",
    r"\bfor (?:anyone|people|those) (?:who|with)\b",
    r"\b(?:ask(?:s|ed)?|wonders?) (?:me )?(?:whether|if)\b",
    r"\bdemande (?:\w+ )?si\b",
    r"\bpour (?:ceux|celles|les personnes) qui\b",
    r"\bkill my ?self (?:laughing|working|at the gym)",
    r"\bcut my ?self (?:shaving|cooking|chopping|"
    r"on|with|off|a )",
    r"\b(?:livre|film|serie|roman|chanson|episode|article|personnage|book|novel|movie|song|series|character|lyrics)\b",
    r"\b(?:il|elle|maman|papa|on) (?:m'a|nous a|me|m'avait|lui a) (?:dit|disait|ecrit|repete|"
    r"repetait)\b[^.!?]{0,80}\b(?:avant (?:sa mort|de mourir)|a la fin)\b",
    r"\b(?:s'est|etait) (?:suicidee?|tuee?|pendue?)\b",
    r"\b(?:lettre|goodbye|farewell) (?:d'adieu )?(?:to|a) (?:my |the |mon |ma |mes |la )?(?:doctor|nurse|"
    r"school|job|colleagues|hospital|service|collegues|travail|medecin|hopital)",
)
