"""Names of medicines, in small letters without accents: international names end alike (INN stems, WHO 2018), others stand here.

Not a catalogue: it only has to tell that a dose is one of a medicine. French and English spellings; `e` at the end is optional.
"""
from __future__ import annotations

#: Endings of international names, after at least three letters.
ENDINGS = (
    "mab", "nib", "olol", "pril", "prilat", "sartan", "statin", "prazole", "conazole", "nidazole", "cillin", "mycin", "micin",
    "cyclin", "floxacin", "vir", "parin", "gliptin", "gliflozin", "glutide", "zepam", "zolam", "barbital", "caine", "triptan",
    "setron", "dronate", "sone", "solone", "sonide", "profen", "oxetin", "pramin", "triptylin", "gabalin", "ciclib", "parib",
    "ercept", "acept", "sidase", "glustat", "fenac", "coxib", "thiazid", "semid", "lukast", "terol", "azepin", "xaban", "gatran",
    "grel", "peridol", "azapin", "tidin", "thyroxin", "oxicam", "morphon", "codon", "fibrat", "formin", "limus",
    "purin", "trexat", "platin", "rubicin", "taxel", "caftor", "siran", "dipin", "prost", "zosin", "steride", "azosin", "butamol",
)
NAMES = (
    "paracetamol", "acetaminophen", "aspirin", "ibuprofen", "morphin", "codein", "tramadol", "fentanyl", "ketamin", "methadone",
    "buprenorphin", "naloxon", "cortison", "hydrocortison", "insulin", "warfarin", "heparin", "levothyrox", "thyroxin", "lithium",
    "valproate", "depakine", "lamotrigin", "levetiracetam", "keppra", "topiramate", "phenytoin", "clobazam", "lyrica",
    "gabapentin", "baclofen", "methotrexat", "azathioprin", "colchicin", "hydroxychloroquin", "chloroquin", "plaquenil",
    "ivermectin", "cyclophosphamid", "mycophenolate", "cellcept", "thalidomid", "tacrolimus", "ciclosporin", "cyclosporin",
    "imatinib", "riluzole", "edaravon", "nusinersen", "spinraza", "risdiplam", "enzalutamid", "tamoxifen", "melatonin",
    "sertralin", "citalopram", "escitalopram", "venlafaxin", "mirtazapin", "amitriptylin", "laroxyl", "xanax", "valium",
    "rivotril", "lexomil", "zopiclon", "stilnox", "zolpidem", "doliprane", "dafalgan", "efferalgan", "advil", "nurofen",
    "voltarene", "solupred", "cortancyl", "medrol", "ventolin", "symbicort", "digoxin", "amiodaron", "furosemid", "lasilix",
    "spironolacton", "bisoprolol", "metformin", "ozempic", "prednison", "prednisolon", "dexamethason", "penicillamin", "trientin",
    "carnitin", "levocarnitin", "sapropterin", "kuvan", "nitisinone", "cysteamin", "migalastat", "galafold", "fabrazyme",
    "replagal", "elaprase", "myozyme", "cerezyme", "zavesca", "cannabidiol", "cbd", "thc", "epidyolex", "dhea", "testosteron",
    "estradiol", "progesteron", "desmopressin", "pyridostigmin", "mestinon", "firdapse", "amifampridin", "modafinil", "ritaline",
    "methylphenidate", "adderall", "quinine", "potassium", "magnesium", "zinc", "selenium", "iode", "iron", "fer",
    "folic acid", "acide folique", "vitamin", "coenzyme q10", "q10", "iodine", "omega", "botox", "nac", "mms",
    "chlorine dioxide", "dioxyde de chlore", "huile essentielle", "essential oil", "kratom", "ketoconazole", "dapsone",
    "riboflavin", "biotin", "thiamin", "arginin", "taurin", "creatin", "creatine", "naltrexon", "ldn", "ambroxol", "sirolimus",
    "everolimus", "tranexamic", "tranexamique", "octreotid", "somatropin", "denosumab", "immunoglobulin", "immunoglobuline",
    "antibiotic", "antibiotique", "diuretic", "diuretique", "corticoid", "corticoide", "steroid", "steroide", "anticoagulant",
    "antidepresseur", "antidepressant", "beta blocker", "betabloquant", "painkiller", "antidouleur", "opioid", "opioide",
)
#: Words that end like a medicine and are none.
NOT_MEDICINES = frozenset((
    "personne", "personnes", "person", "avril", "april", "reason", "raison", "saison", "season", "prison", "poison", "maison",
    "comparaison", "liaison", "avoir", "savoir", "devoir", "pouvoir", "recevoir", "vouloir", "revoir", "servir", "devenir",
    "venir", "souvenir", "suivir", "ouvrir", "couvrir", "medicine", "medecine", "machine", "cuisine", "semaine",
    "fontaine", "lorraine", "ukraine", "capitaine", "marocaine", "africaine", "americaine", "mexicaine", "republicaine",
    "grille", "peril", "persil", "platine", "scene", "matin", "latin", "bulletin", "intestin", "cocaine",
))
