"""Words of promises of a cure, of their denial and of warnings of them: regular expressions over `reading.plain`."""
from __future__ import annotations

_ILL = (r"(?:cancers?|maladies?|diseases?|fibromyalgi[ae]e?|diabet[eo]s?|lupus|als|sla|ms|sep|sclerose|sclerosis|myopathi?e?y?|"
        r"condition|autis[mt]e?|epileps[iy]e?|parkinson|alzheimer|arthrit[ei]s?|syndromes?|genes?|herpes|hepatit[ei]s?|"
        r"tumeurs?|tumou?rs?|"
        r"fabry|ehlers|illness(?:es)?|anemi[ae]|dystroph[iy]e?|mucoviscidose|cystic fibrosis|neuropath[iy]e?)")
#: (points, words): in small letters without accents.
CLUES: tuple[tuple[int, str], ...] = (
    (3, r"remedemiracle|miraclecure|(?:remede|cure|traitement|produit|plante|huile|eau|poudre|complement|pilule|solution|"
        r"formule|"
        r"regime|jus|methode)s? miracles?|miracle (?:\w+ )?(?:cure|remed(?:y|ies)|treatment|product|drops?|solution|"
        r"supplement|water|"
        r"oil|plant|herb|pill|powder|formula|diet|juice)s?|"
        r"miraculous(?:ly)? (?:cure|remed|heal)\w*|guerison (?:miracul|garanti|assure|totale garantie)\w*"),
    (3, r"(?:les medecins|les docteurs|votre medecin|les labos?|les laboratoires|big pharma|l'industrie pharma\w*) (?:ne )?"
        r"(?:vous )?(?:(?:le |la |nous )?cach|ne veulent pas|ne veut pas|ne vous di[rt]|dissimul|etouff)\w*"),
    (3, r"(?:doctors?|big pharma|pharma|the (?:drug|pharma\w*) (?:companies|industry)|they) (?:do(?:es)?n'?t|do(?:es)? not|"
        r"won'?t|never) want "
        r"(?:you|us|people|anyone) to|(?:what|secret|truth) (?:that )?(?:doctors|big pharma)\b[^.]{0,20}(?:hid|won'?t tell)\w*|"
        r"big pharma (?:is )?hid\w+"),
    (3, r"(?:stopp?e[zr]?|arrete[zr]?|jete[zr]?|abandonne[zr]?|laissez tomber) (?:donc |tout de suite |immediatement )?"
        r"(?:tous )?(?:vos|votre|tes|ton|les|ces) (?:medicaments?|medocs?|traitements?|chimios?|cachets|poisons?|comprimes)"),
    (3, r"(?:stop|quit|throw(?: away| out)?|ditch|bin|drop) (?:taking )?(?:all )?(?:your|those|these|the) "
        r"(?:meds|medications?|medicines?|pills|chemo\w*|treatments?|drugs|tablets|steroids)"),
    (3, rf"(?:gueri[trs]?|gueriss\w+|guerir|soigne\w*|elimin\w+|inverse\w*|vaincre|eradiqu\w+|"
        rf"fait disparaitre)\s(?:\w+\s){{0,3}}"
        rf"(?:toutes? (?:les?|sortes? de) |n'importe quelle )?(?:les? |la |l'|votre |ta |ton |sa |ma |mon |son |cette |des? |"
        rf"du )?"
        rf"{_ILL}(?:\s\w+){{0,2}}\s(?:en|in|sous)\s(?:\d+|un|une|deux|trois|quatre|six|quelques)\s(?:jours?|semaines?|mois)"),
    (3, rf"(?:cure[sd]?|heal(?:s|ed)?|revers(?:e[sd]?|ing)|eliminat\w+|got rid of|eradicat\w+|beat)\s(?:\w+\s){{0,3}}"
        rf"(?:my |your |his |her |all |any |the |every )?(?:\w+\s){{0,2}}{_ILL}(?:\s\w+){{0,3}}\s(?:in|within)\s(?:just |"
        rf"only )?"
        rf"(?:\d+|a|one|two|three|four|six|few)\s(?:few )?(?:days?|weeks?|months?)"),
    (3, r"(?:dr|doctor|docteur|prophet|chief|maitre|professeur|pr)\.? \w+(?: \w+)?,?(?:'s)? (?:\w+ ){0,6}(?:herb\w*|"
        r"plantes?|remed\w+|spell)"
        r"[^.]{0,60}(?:cur|gueri|heal)\w+"),
    (3, r"(?:cured|healed|gueri\w*)[^.]{0,60}(?:herb\w*|plantes?|tisanes?|remed\w+)[^.]{0,60}(?:dr\.?|doctor|docteur|"
        r"whatsapp|contact)"),
    (3, r"(?:boire|prendre|buvez|prenez|drink|take|protocole|protocol)[^.\n]{0,40}(?:mms\b|dioxyde de chlore|chlorine dioxide|"
        r"eau de javel|bleach|terebenthine|turpentine|borax|black salve|kerosene)|"
        r"(?:mms|dioxyde de chlore|chlorine dioxide|black salve|terebenthine|turpentine|borax) (?:protocol|protocole|drops|"
        r"cure|therapy|gueri|heal)\w*"),
    (2, r"(?:gueri[trs]?|guerir|gueriss\w+|guerison|eradiqu\w+)\s(?:\w+\s){0,2}(?:definitiv\w+|complet\w+|total\w+|a 100|"
        r"a jamais|"
        r"vraiment|toutes?|tous|n'importe|naturellement|garanti\w*)|(?:definitiv\w+|totalement|completement|"
        r"naturellement) gueri\w*"),
    (2, r"(?:permanent\w*|complete\w*|total\w*|100 ?%|natural|guaranteed|naturally) (?:\w+ )?(?:cur(?:e|es|ed|ing)|heal(?:s|"
        r"ed|ing)?)\b|"
        r"(?:cur(?:e|es|ed|ing)|heal(?:s|ed|ing)?)(?: \w+){0,3} (?:permanently|completely|forever|for good|naturally|100 ?%)|"
        r"cures? (?:all|any|every|everything)"),
    (2, r"(?:sans|zero|aucun) effets? secondaires?(?: garanti\w*)?|(?:no|without|zero) side[ -]effects?"),
    (2, r"(?:satisfait ou rembourse|resultats? garantis?|efficacite garantie|efficace a 100|100 ?% efficace|"
        r"guaranteed (?:results?|to work)|"
        r"results? guaranteed|money[ -]back|works? 100 ?%|100 ?% (?:effective|guaranteed|garanti|success)|garanti 100 ?%)"),
    (2, r"(?:plantes?|jus|huiles?|tisanes?|jeune|detox|herbs?|herbal|juice|oils?|fasting|cleanse|alkaline|alcalin\w*|"
        r"champignons?|"
        r"mushrooms?|cbd|complements?|supplements?|diet|regime|bicarbonate|curcuma|turmeric|cannabis|graviola|corossol|"
        r"soursop|argent "
        r"colloidal|colloidal silver|ionise\w*)[^.\n]{0,50}\b(?:gueri\w*|guerir|guerison|cures?|cured|curing|heals?|healed|"
        r"reverses?d?|elimine\w*|"
        r"fait disparaitre|tue\w* (?:le|les) (?:cellules?|cancer)|kills? cancer)"),
    (2, r"(?:finies?|fini|plus besoin|oublie[zr]?|dites adieu|adieu) (?:a |aux |de |d'|les |des |vos |tes |"
        r"mes )*(?:perfusions?|"
        r"medicaments?|traitements?|chimios?|injections?|piqures?|douleurs?|cachets)|(?:no more|say goodbye to|"
        r"forget (?:about )?|"
        r"come off|get off|wean (?:yourself )?off|free (?:of|from)) (?:all )?(?:your |the |my |those |of )*(?:infusions?|meds|"
        r"medications?|medicines|pills|injections?|chemo|drugs|symptoms)\b"),
    (2, rf"(?:votre|ta|la|your|my|the|their|his|her|all) (?:\w+ )?{_ILL} (?:is|was|will be|has|have|a|sera|est|ont|are)? ?"
        rf"(?:completely |totalement |completement |simply )?(?:gone|disappear\w*|disparu\w*|disparai\w*|vanish\w*|effac\w*)"),
    (3, r"(?:machine|appareil|ondes|frequences?|frequency|frequencies|bioresonance|rife|quantique|quantum|aimants?|magnets?|"
        r"magnetis\w+|cristaux|crystals|reiki)[^.\n]{0,40}(?:repar\w*|repairs?|repaired|gueri\w*|guerir|heals?|healed|cures?|"
        r"cured|"
        r"regener\w*|soigne\w*)\s(?:\w+\s){0,2}(?:genes?|cellules?|cells?|adn|dna|maladies?|diseases?|illness\w*|cancers?|"
        r"tout)"),
    (1, r"\b(?:my|our|this|notre|mon|ma|cette?) (?:\w+ )?(?:plan|protocole?|methode?|program(?:me)?|machine|secret|seances|"
        r"formule?a?)\b"),
    (1, r"\b(?:gueri\w*|guerir|guerison|cures?|cured|healed|healing|soigne tout|disparaitre|disappear\w*)\b"),
    (1, r"(?:100 ?% naturel\w*|naturel a 100|100 ?% natural|all[ -]natural|methode naturelle|remede naturel|natural remed(?:y|"
        r"ies)|"
        r"remede de grand|methode secrete|secret (?:formula|recipe|method)|revolutionnaire|revolutionary|breakthrough|"
        r"formule secrete)"),
    (1, r"(?:commande[rz]|commande ici|achete[rz]|lien en|mon site|boutique|offre|promo|en mp\b|message prive|contactez|"
        r"ecrivez-moi|order|buy|"
        r"shop|link in|dm me|discount|inbox me|pm me|contact (?:him|her|me|us)|my website|formation|webinaire|webinar|"
        r"coaching)"),
)
#: Kinds of words; one of CURED and two of the others in one message promise as clearly as a strong phrase.
CURED = (r"\b(?:gueri(?:e?s?|r|t|ssent|ssait|son)|cure[sd]?|heal(?:s|ed)?|(?:full|complete|total) remission|"
         r"remission (?:totale|complete)|"
         r"(?:fait|fera|faire) disparaitre|revers(?:e|ed|es)|(?:vraie|seule|real|only) solution|regenerat\w+|soigne tout|"
         r"no longer (?:sick|ill)|"
         r"plus (?:jamais )?malade)\b")
KINDS = (
    r"\b(?:plantes?|tisanes?|jus|huiles?|herb\w*|diet|carnivore|keto|regime|jeune|fasting|argent colloidal|colloidal silver|"
    r"stem cells?|"
    r"cellules souches|coach\w*|naturopath\w*|magnetiseu\w*|energ(?:y|etique|eticien\w*)|detox|champignons?|mushrooms?|poudre|"
    r"powder|"
    r"naturelle?s?|natural(?:ly)?|supplements?|complements?|alkaline|alcaline|cbd|homeopath\w*|frequenc\w*|essential oils?|"
    r"protocole?|healer|"
    r"guerisseu\w*|hypnose|biodecodage|juice|teas?|seeds?|graines|enema|lavements?|argile|clay|shaman|marabout|priere|"
    r"prayer)\b",
    r"\b(?:contacte\w*|contact (?:him|her|me|us)|telegram|whatsapp|demande[zr]?[ -]moi|ask me|reach (?:him|her|me|us|out)|dm|"
    r"en mp|message prive|"
    r"recette|recipe|commande\w*|order|\d+ ?% (?:success|de (?:reussite|succes)|effic\w+|natur\w+)|garanti\w*|guaranteed|"
    r"assuree?s?|"
    r"sans effets? secondaires?|no side[ -]effects?|lien|link|mon site|my (?:site|website|page|book)|clinic|clinique|"
    r"temoign\w*|"
    r"changed my life|change ma vie|en \d+ (?:jours|semaines|mois)|in \d+ (?:days|weeks|months)|seances|sessions)\b",
    r"(?:se passer (?:de|des)|arrete\w*|stopp\w*|sans|plus besoin|don'?t need|no need|without|instead of|"
    r"off)\b.{0,25}(?:medicaments?|"
    r"traitements?|perfusions?|\bmeds|medications?|infusions?|drugs|pills|chimio|chemo)|\b(?:cachent|cachee?s?|hiding|hidden|"
    r"hide|"
    r"keep (?:it|this|them|that) (?:quiet|secret)|business|big pharma|la verite|the truth|censur\w+|suppress\w+|les labos|"
    r"ignor\w+ by doctors)\b",
)
DENIED = (r"\b(?:m[ya] (?:consultant|doctor|gp|neurolog\w+|specialist\w*|surgeon|nurse|medecin|cardiolog\w+|rhumatolog\w+|"
           r"docteur)|"
           r"mon (?:medecin|generaliste|neurolog\w+|cardiolog\w+|rhumatolog\w+|specialiste|chirurgien|docteur)|anesthesiste|"
           r"anaesthetist|pas|aucun|aucune|jamais|ni|sans|n'existe|mefi\w*|attention|arnaqu\w*|escro\w*|charlatan\w*|faux|"
           r"fausses?|soi-disant|pretend\w*|"
           r"promet\w*|promess\w*|sceptique|doute\w*|crois? plus|stop aux|marre|ras le bol|dangere\w*|signal\w*|tombe\w*|"
           r"propose\w*|proposait|"
           r"no|not|isn't|there's no|never|without|scams?|beware|fake|fraud\w*|claims?|claimed|claiming|warn\w*|skeptical|"
           r"sceptical|"
           r"promises?|promised|promising|wish|would|could|might|sick of|tired of|quack\w*|so-called|report\w*|nobody|reve\w*|"
           r"espoir|espere\w*|"
           r"hope\w*|dream\w*|si seulement|if only|cherch\w*|research\w*|recherche|vendre|sell|sells|selling|vend|vendent)\b")
DENIED_AFTER = (r"\b(?:n'existe\w*|does(?:n't| not) (?:exist|work)|ne marche\w*|ca n'existe|c'est faux|arnaque|scam|fake|"
                 r"faux|nonsense|rubbish|"
                 r"n'importe quoi|mefi\w*|don't believe|blocked|bloque\w*|lied|menti\w*|ridicul\w*|n'y crois|lead to|"
                 r"pas la maladie|charlatan\w*|dangereux|dangerous|"
                 r"non merci|no thanks)\b")
#: A word without which no promise can be: most messages end here.
WORTH_A_LOOK = (r"miracl|gueri|cur(?:e|ing)|heal|pharma|doctors?|docteur|medecins|labo|medicament|medoc|traitement|"
                      r"chimio|cachets|comprimes|"
                      r"\bmeds|medic|pills|tablets|steroids|\bdrugs|treatment|chemo|chlor|mms|javel|bleach|borax|turpentin|"
                      r"terebenth|salve|"
                      r"kerosene|detox|elimin|invers|revers|eradi|disparai|side.effect|effets? secondaires?|garanti|guarant|"
                      r"naturel|natural|poison|perfusion|infusion|injection|piqure|gone|vanish|repar|regener|soigne|symptom|"
                      r"remission|solution")
