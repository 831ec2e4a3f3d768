"""How words are compared: without case, accents and the spelling of one country; and what French words are in English.

The French words are ours, not Orphanet's: they only help to find the English names that are shipped.
"""
from __future__ import annotations

import re
import unicodedata

WORD_CHARACTERS = 40
WORDS_LIMIT = 8
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss", "ø": "o", "ł": "l", "α": "alpha", "β": "beta", "γ": "gamma",
                          "δ": "delta", "κ": "kappa", "’": " ", "'": " "})
#: "anaemia" and "anemia", "œdème" and "oedema" and "edema" are one.
_BRITISH = re.compile(r"[ao]e")

#: Words that never decide: they are looked for only where nothing else was typed.
LITTLE = frozenset("""a an and of the in with due to on for by or without type form
    de du des d la le les l et en a au aux avec par pour un une ou sans liee lie
    disease diseases disorder disorders syndrome syndromes condition deficiency
    maladie maladies trouble troubles affection deficit forme""".split())

FRENCH = {french: english for line in """
    leucemie leukemia;anemie anemia;chronique chronic;aigue acute;aigu acute;myeloide myeloid;lymphoide lymphoid
    deficit deficiency;hereditaire hereditary;familial familial;familiale familial;congenitale congenital;congenital congenital
    dystrophie dystrophy;musculaire muscular;myopathie myopathy;myasthenie myasthenia;neuropathie neuropathy;ataxie ataxia
    sclerose sclerosis;laterale lateral;amyotrophique amyotrophic;tubereuse tuberous;mucoviscidose cystic-fibrosis
    fibrose fibrosis;pulmonaire pulmonary;hypertension hypertension;arterielle arterial;idiopathique idiopathic
    epilepsie epilepsy;epileptique epileptic;encephalopathie encephalopathy;retinite retinitis;pigmentaire pigmentosa
    surdite deafness;cecite blindness;drepanocytose sickle-cell;thalassemie thalassemia;hemophilie hemophilia
    porphyrie porphyria;amylose amyloidosis;mucopolysaccharidose mucopolysaccharidosis;lupus lupus;sclerodermie scleroderma
    systemique systemic;generalisee generalized;osseuse bone;os bone;ossifiante ossificans;fragile fragile;peau skin
    epidermolyse epidermolysis;bulleuse bullosa;ichtyose ichthyosis;albinisme albinism;nanisme dwarfism
    achondroplasie achondroplasia;osteogenese osteogenesis;imparfaite imperfecta;cardiomyopathie cardiomyopathy
    hypertrophique hypertrophic;dilatee dilated;nephrotique nephrotic;renale renal;rein kidney;foie liver;hepatique hepatic
    biliaire biliary;cholangite cholangitis;primitive primary;secondaire secondary;infantile infantile;juvenile juvenile
    adulte adult;neonatale neonatal;tardive late-onset;precoce early-onset;lies x-linked;rachitisme rickets
    hypophosphatasie hypophosphatasia;insuffisance insufficiency;surrenale adrenal;hyperplasie hyperplasia
    surrenales adrenal;galactosemie galactosemia;phenylcetonurie phenylketonuria;homocystinurie homocystinuria
    cystinose cystinosis;adrenoleucodystrophie adrenoleukodystrophy;leucodystrophie leukodystrophy
    tumeur tumor;cancer cancer;lymphome lymphoma;polykystique polycystic;spinale spinal;amyotrophie atrophy
    fatigue fatigue;douleur pain;douleurs pain;fievre fever;faiblesse weakness;crampes cramps;vertige vertigo;vertiges vertigo
    toux cough;essoufflement dyspnea;nausee nausea;vomissements vomiting;diarrhee diarrhea;constipation constipation
    cephalee headache;migraine migraine;tremblement tremor;tremblements tremor;convulsions seizure;convulsion seizure
    eruption rash;demangeaisons pruritus;fourmillements paresthesia;engourdissement numbness;doigts fingers;doigt finger
    araignee spider;longs long;long long;main hand;mains hand;pied foot;pieds foot;eil eye;yeux eye;bouche mouth;dent tooth
    dents teeth;cheveux hair;ongles nail;ongle nail;oreille ear;nez nose;tete head;dos back;ventre abdominal;abdominale abdominal
    poitrine chest;ceur heart;cardiaque cardiac;marche gait;parole speech;langage language;sommeil sleep;insomnie insomnia
    taille stature;petite short;grande tall;poids weight;perte loss;retard delay;developpement development
    intellectuelle intellectual;deficience disability;seche dry;sec dry;rouge red;bleue blue;articulaire joint;articulations joint
    articulation joint;hypermobilite hypermobility;scoliose scoliosis;fracture fracture;fractures fractures;gonflement swelling
    saignement bleeding;saignements bleeding;sueurs sweating;transpiration sweating;depression depression;anxiete anxiety
""".splitlines() for pair in line.strip().split(";") if pair for french, english in [pair.split()]}


def fold(text: str) -> list[str]:
    """The words of a text as they are compared, in order."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [_BRITISH.sub("e", word)[:WORD_CHARACTERS] for word in _WORD.findall(plain)]


def asked(text: str) -> list[str]:
    """The words of a question that decide, each once; all of them if none does. At most WORDS_LIMIT."""
    words = list(dict.fromkeys(fold(text)))
    return ([word for word in words if word not in LITTLE] or words)[:WORDS_LIMIT]


def in_english(word: str) -> list[str]:
    """What a folded French word is in English: words that stand for it together; none where it is not known."""
    return fold(FRENCH.get(word, ""))


def grams(word: str) -> list[str]:
    """The groups of three letters of a word whose ends are marked, each once: words that are spelled alike share many."""
    marked = f"_{word}_"
    return sorted({marked[at:at + 3] for at in range(len(marked) - 2)})


def distance(one: str, other: str, most: int) -> int:
    """How many letters have to be changed, added, left out or swapped with their neighbour; more than `most`: `most` + 1.

    The optimal string alignment distance (G. Navarro, A guided tour to approximate string matching, 2001, section 3).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
