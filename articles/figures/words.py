"""The words that figures are read by: number words, units, nouns, and what is said of a figure.

All of them are folded, as `rich_text.fold` folds. English first; French where a table entry is enough.
"""


def listed(words):
    return frozenset(words.split())


def _named(table):
    """{name: "word word …"} turned round: {word: name}."""
    return {word: name for name, words in table.items() for word in words.split()}


# Numbers

SMALL_NUMBERS = {
    word: number
    for number, words in enumerate([
        "zero", "one", "two deux", "three trois", "four quatre", "five cinq", "six", "seven sept", "eight huit",
        "nine neuf", "ten dix", "eleven onze", "twelve douze", "thirteen treize", "fourteen quatorze",
        "fifteen quinze", "sixteen seize", "seventeen", "eighteen", "nineteen", "twenty vingt",
    ])
    for word in words.split()
} | {
    "thirty": 30, "trente": 30, "forty": 40, "quarante": 40, "fifty": 50, "cinquante": 50, "sixty": 60,
    "soixante": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {
    "dozen": 12, "hundred": 100, "cent": 100, "cents": 100, "thousand": 10**3, "mille": 10**3,
    "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9, "milliard": 10**9,
    "milliards": 10**9, "trillion": 10**12, "trillions": 10**12,
}  # fmt: skip
SHORT_SCALES = {
    "k": 10**3, "m": 10**6, "mn": 10**6, "mio": 10**6, "bn": 10**9, "b": 10**9, "mrd": 10**9, "tn": 10**12,
    "trn": 10**12,
}  # fmt: skip
# “une trentaine de pays” is about thirty of them
ROUND_NUMBERS = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
BEGIN_A_ROUND_NUMBER = listed("a an half une")
BEGIN_A_NUMBER = BEGIN_A_ROUND_NUMBER | SMALL_NUMBERS.keys()
ORDINAL_ENDINGS = listed("st nd rd th er ere e eme ieme")

# What is said before a figure of how exact it is; see `reading.reach_of`.
BOUNDS_BEFORE = {
    tuple(words.split()): bound
    for bound, phrases in {
        "over": "over|more than|in excess of|upwards of|exceeding|exceeded|exceeds|tops|topped|above|plus de|"
        "plus d'|au-dela de",
        "at_least": "at least|no fewer than|no less than|not less than|a minimum of|au moins|au minimum",
        "under": "under|fewer than|less than|below|moins de|moins d'",
        "up_to": "up to|as many as|as much as|at most|no more than|not more than|a maximum of|jusqu'a|au plus",
        "nearly": "nearly|almost|close to|approaching|pres de|presque",
        "about": "about|around|some|roughly|approximately|approx|circa|ca|c|estimated|an estimated|near|"
        "in the region of|or so|environ|quelque|quelques|~|≈",
    }.items()
    for words in phrases.split("|")
}
BOUNDS_AFTER = {
    ("or", "so"): "about", ("or", "thereabouts"): "about", ("odd",): "about", ("+",): "at_least",
    ("or", "more"): "at_least", ("or", "fewer"): "up_to", ("or", "less"): "up_to",
    ("ou", "plus"): "at_least", ("environ",): "about",
}  # fmt: skip
# A figure with one of these is not the whole of what is counted, or is none of its own.
PARTIAL_BEFORE = listed(
    "another additional further extra other first last next past previous top every each per autre autres dernier "
    "derniers dernieres prochain prochains prochaines premiers premieres chaque"
)
PARTIAL_AFTER = listed("more other others additional further extra autres supplementaires times fois")

# What a number right after one of these names rather than counts.
REFERENCES = listed(
    "page pages p pp chapter article articles art section sections paragraph para no nos nr number numbers room gate "
    "line route flight version resolution rule act figure fig table step level phase day week round group unit "
    "channel highway bus train platform aged age title part volume vol issue episode season grade class type model "
    "protocol directive regulation clause annex appendix item question point points size track lot block building "
    "district ward zone sector area highway road motorway exit mile kilometre marker apollo covid psalm verse act "
    "scene chapitre alinea numero chambre vol vols ligne loi decret tome top formula area studio code option n°"
)
MONTHS = {
    word: number
    for number, words in enumerate([
        "january janvier jan", "february fevrier feb", "march mars mar", "april avril apr", "may mai", "june juin jun",
        "july juillet jul", "august aout aug", "september septembre sept sep", "october octobre oct",
        "november novembre nov", "december decembre dec",
    ], start=1)
    for word in words.split()
}  # fmt: skip
ALSO_A_WORD = listed("may mar mars sept")  # months only where they are written as names
CLOCK = listed("am pm gmt utc cet cest bst est edt hrs oclock o'clock h")

# Units

CURRENCY_SIGNS = {
    "$": "USD", "US$": "USD", "HK$": "HKD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "S$": "SGD", "NT$": "TWD", "R$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "CN¥": "CNY", "RMB¥": "CNY",
    "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH",
}  # fmt: skip
CURRENCY_CODES = {
    code: code
    for code in listed(
        "USD HKD AUD CAD NZD SGD TWD BRL EUR GBP JPY CNY INR KRW RUB TRY UAH CHF SEK NOK DKK PLN"
    )
} | {"RMB": "CNY", "Rs": "INR"}
CURRENCY_NAMES = _named(
    {
        "EUR": "euro euros",
        "USD": "dollar dollars",
        "GBP": "pound pounds sterling livres",
        "CNY": "yuan renminbi",
        "JPY": "yen yens",
        "CHF": "franc francs",
        "INR": "rupee rupees roupies",
        "RUB": "rouble roubles ruble rubles",
        "TRY": "lira liras",
        "UAH": "hryvnia hryvnias",
        "SEK": "krona kronor",
        "DKK": "krone kroner",
        "PLN": "zloty zlotys",
    }
)
DOLLARS_OF = {
    ("us",): "USD", ("american",): "USD", ("hong", "kong"): "HKD", ("australian",): "AUD", ("canadian",): "CAD",
    ("singapore",): "SGD", ("new", "zealand"): "NZD", ("taiwan",): "TWD",
}  # fmt: skip
PER_CENT = listed("% percent pc pct pourcent")

# Nouns. Those of one line are the same thing counted.
NOUNS = _named(
    {
        "country": "country countries nation nations state states pays government governments etats",
        "person": "person persons people individual individuals man men woman women civilian civilians victim victims "
        "casualty casualties personne personnes gens civils victimes",
        "child": "child children kid kids enfant enfants",
        "company": "company companies firm firms business businesses entreprise entreprises societes",
        "worker": "worker workers employee employees staff staffers salaries travailleurs",
        "job": "job jobs post posts position positions emploi emplois postes",
        "soldier": "soldier soldiers troop troops servicemen soldat soldats",
        "home": "home homes house houses household households maison maisons foyers logements",
        "student": "student students pupil pupils eleve eleves etudiants",
        "lawmaker": "lawmaker lawmakers mp mps legislator legislators deputy deputies depute deputes senators",
        "organisation": "organization organizations organisation organisations body bodies",
        "delegate": "delegate delegates dignitary dignitaries representative representatives official officials",
        "protester": "protester protesters demonstrator demonstrators marcher marchers manifestants",
        "migrant": "migrant migrants refugee refugees asylum-seekers refugies",
        "building": "building buildings batiments",
        "city": "city cities town towns village villages ville villes",
        "tonne": "tonne tonnes ton tons",
        "kilometre": "kilometre kilometres kilometer kilometers km",
        "metre": "metre metres meter meters",
        "mile": "mile miles",
        "hectare": "hectare hectares ha acres",
        "point": "point points",
        "hour": "hour hours hrs heure heures",
        "minute": "minute minutes",
        "day": "day days jour jours",
        "week": "week weeks semaine semaines",
        "month": "month months mois",
        "year": "year years an ans annee annees",
        "decade": "decade decades",
        "century": "century centuries",
        "vote": "vote votes ballot ballots voix",
        "seat": "seat seats sieges",
        "case": "case cases cas",
        "member": "member members membre membres",
        "vessel": "ship ships vessel vessels boat boats navires",
        "aircraft": "aircraft plane planes jet jets avions",
        "vehicle": "car cars vehicle vehicles voitures",
        "megawatt": "mw megawatt megawatts",
        "gigawatt": "gw gigawatt gigawatts",
    }
)
SHORT_UNITS = listed("km ha mw gw mps mp")
PEOPLE_ONE = listed("person man woman child soldier worker student civilian")
DURATIONS = listed("second hour minute day week month year decade century")
IRREGULAR_PLURALS = listed(
    "people men women children police troops staff aircraft personnes pays cattle crew personnel gens voix mps "
    "servicemen"
)
NOT_THE_HEAD = listed(
    "united arms sales sports news goods savings customs police us eu un its always perhaps less"
)
TIME_AFTER = listed("ago later earlier before after old since hence plus-tard auparavant")
PARTICIPLES = listed(
    "dead killed injured wounded hurt missing arrested detained displaced evacuated rescued infected hospitalised "
    "hospitalized morts mort tues blesses disparus arretees"
)
CASUALTY_VERBS = listed(
    "kill kills killed killing injure injures injured injuring wound wounds wounded wounding hurt hurts claims claimed"
)
DYING = listed("die dies died perish perished drown drowned meurent")
AUXILIARIES = listed("is are was were be been being has have had reported confirmed feared left ont ete sont")

# What is said of a figure, by the question that it answers. Two figures beside words of different groups of one
# question are about different things: 30 that signed and 85 that attended, 12 dead and 30 injured. A star ends
# a stem.
SAID_OF_IT = {
    "act": {
        "attend": "attend* gather* participat* represent* meet meets meeting met conven* delegation* guest*",
        "found": "sign signs signed signing signator* founding founded founder* founds establish* launch* creat* form "
        "forms formed forming setting join* member members membership adhes* fond* lanc*",
        "ratify": "ratif*",
        "support": "favour* favor* back backs backed backing support* endors*",
        "oppose": "against oppos* reject* contre",
        "abstain": "abstain* abstention*",
        "die": "die dies died dying dead death* kill* fatal* perish* toll corpse* mort morts tue tues tuees deces",
        "hurt": "injur* wound* hurt hurts hospitali* bless*",
        "missing": "missing unaccounted disparu*",
        "detain": "arrest* detain* jail* imprison* custody interpell*",
        "free": "release* freed frees",
        "uproot": "displac* evacuat* flee flees fled homeless",
        "rescue": "rescue* saved surviv*",
        "infect": "infect*",
        "employ": "employ employs employed employing hire hires hired hiring recruit* embauch*",
        "dismiss": "laid layoff* dismiss* redundan* axe axes axed axing cut cuts cutting licenci*",
        "destroy": "destroy* demolish* damaged",
        "build": "build builds built building construct*",
    },
    "measure": {
        "inflation": "inflation prices prix",
        "unemployment": "unemployment jobless* unemployed chomage",
        "growth": "gdp growth economy pib croissance",
        "turnout": "turnout",
        "poll": "poll polls approval popularity sondage*",
        "interest": "interest lending",
        "tariff": "tariff* duties",
        "revenue": "revenue* sales turnover takings",
        "profit": "profit* earnings benefice*",
        "loss": "loss losses pertes",
        "debt": "debt* dette*",
        "deficit": "deficit*",
        "surplus": "surplus*",
        "export": "export*",
        "import": "imports imported",
        "fine": "fine fines fined fining penalt* amende*",
        "loan": "loan loans lend lends lent borrow* prets",
        "gift": "donat* gift* aid pledge*",
        "compensation": "damages compensation",
        "wage": "wage* salary salaries salaire*",
        "tax": "tax taxes vat levy impots",
        "share": "stake stakes",
        "emission": "emission*",
        "population": "population inhabitants",
    },
    "move": {
        "rise": "rise rises rose risen rising increas* grow grows grew grown growing climb* jump* surg* gain gains "
        "gained higher hausse augment*",
        "fall": "fall falls fell fallen falling drop drops dropped dropping declin* decreas* lower shrink* shrank "
        "slump* plung* down baisse* recul*",
    },
    "weekday": {
        "monday": "monday", "tuesday": "tuesday", "wednesday": "wednesday", "thursday": "thursday",
        "friday": "friday", "saturday": "saturday", "sunday": "sunday",
    },
}  # fmt: skip
EXACTLY = {
    question: _named({
        group: " ".join(word for word in words.split() if not word.endswith("*"))
        for group, words in groups.items()
    })
    for question, groups in SAID_OF_IT.items()
}  # fmt: skip
STEMS = {
    question: [
        (word[:-1], group) for group, words in groups.items() for word in words.split() if word.endswith("*")
    ]
    for question, groups in SAID_OF_IT.items()
}  # fmt: skip
# “the first quarter”, “the second half”: of which time a figure is
ORDINALS = {
    **dict.fromkeys(listed("first 1st premier premiere"), 1),
    **dict.fromkeys(listed("second 2nd deuxieme"), 2),
    **dict.fromkeys(listed("third 3rd troisieme"), 3),
    **dict.fromkeys(listed("fourth 4th quatrieme last dernier"), 4),
}
PARTS_OF_TIME = listed("quarter half semester round trimestre semestre tour")
JOINTS = listed("and but while whereas or et ou mais tandis , ; :")

# Countries that a headline may name in its own capitals, with who is of them.
COUNTRIES = _named(
    {
        name: f"{name} {others}"
        for name, others in {
            "america": "us usa american americans", "argentina": "argentine", "australia": "australian",
            "austria": "austrian", "belgium": "belgian", "brazil": "brazilian", "britain": "uk british briton britons",
            "bulgaria": "bulgarian", "canada": "canadian", "china": "chinese", "denmark": "danish danes",
            "egypt": "egyptian", "finland": "finnish", "france": "french", "germany": "german germans",
            "greece": "greek greeks", "hungary": "hungarian", "india": "indian", "indonesia": "indonesian",
            "iran": "iranian", "iraq": "iraqi", "ireland": "irish", "israel": "israeli", "italy": "italian",
            "japan": "japanese", "mexico": "mexican", "netherlands": "dutch", "nigeria": "nigerian",
            "norway": "norwegian", "pakistan": "pakistani", "poland": "polish", "portugal": "portuguese",
            "romania": "romanian", "russia": "russian russians", "serbia": "serbian", "slovenia": "slovenian",
            "spain": "spanish", "sweden": "swedish", "switzerland": "swiss", "syria": "syrian",
            "turkey": "turkish", "ukraine": "ukrainian ukrainians", "vietnam": "vietnamese",
        }.items()
    }
)  # fmt: skip

# Words that say nothing of what a sentence is about.
EMPTY_WORDS = listed(
    "a about above after again against all already also although am among an and any are as at be because been before "
    "being below between both but by can could did do does doing down during each either et few for from further had "
    "has have having he her here hers him his how however i if in into is it its itself just like may me might more "
    "most much must my nearly no nor not now of off on once one only or other our out over own per rather said same "
    "say says she should so some still such than that the their them then there these they this those though through "
    "to too under until up upon us very was we were what when where whether which while who whom whose why will with "
    "within without would yet you your s t least almost new mr mrs ms according including around some "
    "le la les l d un une des du de au aux en dans sur sous par pour avec sans plus moins que qui quoi dont ou ne pas "
    "il elle ils elles on nous vous se sa son ses leur leurs ce cet cette ces est sont ete avait ont selon a"
)
# Where a noun that is counted cannot be any more.
ENDS_A_NOUN = EMPTY_WORDS | AUXILIARIES | listed("said says told and et but mais")
