"""Which figures disagree and which do not: a table of texts."""

import pytest

from articles.figures import Passage, disagreements

# A story's words, what a source of it says, and the figures that must be named.
DISAGREE = [
    (
        "The council approved HK$466.6 million (approximately US$58.8 million) for the old police station.",
        "Legco subcommittee approves HK$467 million for turning old police station into office",
        {"hk$466.6 million", "hk$467 million"},
    ),
    (
        "China and over 30 countries established the organization for mediation in Hong Kong.",
        "China leads 30 nations in setting up organization for mediation",
        {"over 30 countries", "30 nations"},
    ),
    (
        "With 33 nations signing on as founding members, the organization for mediation begins its work.",
        "China leads 30 nations in setting up organization for mediation",
        {"33 nations", "30 nations"},
    ),
    (
        "Thirty-three nations signed the convention on mediation in Hong Kong.",
        "Thirty nations sign mediation convention in Hong Kong",
        {"thirty-three nations", "thirty nations"},
    ),
    ("A fire in a Lyon flat killed 12 people on Monday.", "Lyon fire kills 14", {"12 people", "14"}),
    (
        "A fire in Lyon killed 12 people and injured 30.",
        "Lyon fire leaves 12 dead and 36 injured",
        {"30", "36 injured"},
    ),
    (
        "At least 40 people died in the floods in Valencia.",
        "Valencia floods: 25 people dead",
        {"at least 40 people", "25 people"},
    ),
    (
        "Fewer than 100 people were arrested at the march in Paris.",
        "Police arrest 140 people at Paris march",
        {"fewer than 100 people", "140 people"},
    ),
    (
        "Inflation in the euro zone rose to 3.2 percent in May.",
        "Euro zone inflation rises to 3.4 percent in May",
        {"3.2 percent", "3.4 percent"},
    ),
    (
        "Unemployment in Spain fell to 11.3 per cent.",
        "Spain’s unemployment falls to 11.9%",
        {"11.3 per cent", "11.9%"},
    ),
    ("Turnout in the vote was 61 percent.", "Turnout reaches 64% in vote", {"61 percent", "64%"}),
    (
        "The survey found that 45 percent of women work part time.",
        "54 percent of women work part time, survey finds",
        {"45 percent", "54 percent"},
    ),
    (
        "The Commission will lend Ukraine 300 million euros under the export plan.",
        "Commission to lend Ukraine €330m under export plan",
        {"300 million euros", "€330m"},
    ),
    (
        "The bridge over the Danube will cost £2.5 billion, the ministry said.",
        "Danube bridge to cost £2.8bn",
        {"£2.5 billion", "£2.8bn"},
    ),
    (
        "The company made a profit of $1.2 billion in the first quarter.",
        "First quarter profit at $1.5 billion, says company",
        {"$1.2 billion", "$1.5 billion"},
    ),
    (
        "The regulator fined the bank 40 million US dollars for laundering money.",
        "Bank fined US$45 million for laundering money",
        {"40 million us dollars", "us$45 million"},
    ),
    (
        "The plant in Turin employs 1,200 workers.",
        "Turin plant employs 1,500 staff",
        {"1,200 workers", "1,500 staff"},
    ),
    (
        "The firm will cut 500 jobs at its Leeds factory.",
        "Firm cuts five hundred and fifty jobs at Leeds factory",
        {"500 jobs", "five hundred and fifty jobs"},
    ),
    (
        "A 27-nation bloc backed the sanctions on Russian oil.",
        "Sanctions on Russian oil backed by 25 nations",
        {"27-nation", "25 nations"},
    ),
    (
        "The resolution was backed by 120 countries in the General Assembly.",
        "General Assembly: 124 countries back resolution",
        {"120 countries", "124 countries"},
    ),
    (
        "The storm left half a million homes without power in Ohio.",
        "Ohio storm leaves 600,000 homes without power",
        {"half a million homes", "600,000 homes"},
    ),
    (
        "Passengers get money back after a delay of three hours under the current rules on air travel.",
        "Air passengers get money back after a five-hour delay under current rules",
        {"three hours", "five-hour"},
    ),
    (
        "About 500 people marched against the new airport in Nantes.",
        "800 people march against new airport in Nantes",
        {"about 500 people", "800 people"},
    ),
    (
        "Entre 30 et 40 pays ont signé la convention sur la médiation à Genève.",
        "Genève : 52 pays signent la convention sur la médiation",
        {"30 et 40 pays", "52 pays"},
    ),
    (
        "Le conseil a approuvé 300 millions d’euros pour le pont de Lyon.",
        "Lyon : le conseil approuve 350 millions d’euros pour le pont",
        {"300 millions d’euros", "350 millions d’euros"},
    ),
    (
        "The spill covered 120 square kilometres of the bay of Naples.",
        "Spill in bay of Naples covers 150 square kilometres",
        {"120 square kilometres", "150 square kilometres"},
    ),
    (
        "The quake killed 1,200 people in Marrakesh, officials said on Saturday.",
        "Morocco quake death toll rises above 2,000 in Marrakesh",
        {"1,200 people", "above 2,000"},
    ),
    (
        "The attack killed three soldiers and wounded nine.",
        "Four soldiers killed in attack",
        {"four soldiers", "three soldiers"},
    ),
    (
        "Some 40% of voters backed the party.",
        "Party backed by 34 percent of voters",
        {"34 percent", "some 40%"},
    ),
    (
        "The EU will spend €800 billion on defence.",
        "EU plans €650bn defence spending",
        {"€650bn", "€800 billion"},
    ),
    ("GDP grew 2.1% in 2024.", "Economy expanded by 2.4 per cent in 2024", {"2.1%", "2.4 per cent"}),
    (
        "The ship carried 22 crew members and 300 tonnes of oil.",
        "Tanker with 350 tonnes of oil and 22 crew sinks",
        {"300 tonnes", "350 tonnes"},
    ),
    (
        "The bill passed with 312 votes in favour.",
        "Bill passes with 321 votes in favour",
        {"312 votes", "321 votes"},
    ),
    ("The drug cut infections by 60 percent.", "Drug cuts infections by 70%", {"60 percent", "70%"}),
    (
        "The deal is worth $4.3 billion, the company said.",
        "Company signs $3.4 billion deal",
        {"$3.4 billion", "$4.3 billion"},
    ),
    (
        "The strike, now in its fifth week, involves 33,000 workers at Boeing.",
        "Boeing: 30,000 workers on strike",
        {"30,000 workers", "33,000 workers"},
    ),
    (
        "Police said 15 people had been arrested in connection with the riots.",
        "Riots: 51 arrested",
        {"15 people", "51 arrested"},
    ),
    (
        "The company said it would create 2,500 jobs in Wales.",
        "Firm to create 2,000 jobs in Wales",
        {"2,000 jobs", "2,500 jobs"},
    ),
    (
        "Ukraine said it shot down 45 of 60 drones launched overnight.",
        "Ukraine shoots down 54 drones overnight",
        {"54 drones", "60 drones"},
    ),
    ("The school has 900 pupils.", "School with 1,100 pupils closes", {"1,100 pupils", "900 pupils"}),
    (
        "The fund will provide 300 million euro in guarantees.",
        "Guarantee fund of 350 million euro announced",
        {"300 million euro", "350 million euro"},
    ),
    (
        "The fire in Valparaiso destroyed 3,000 homes.",
        "Valparaiso fire destroys 6,000 houses",
        {"3,000 homes", "6,000 houses"},
    ),
    ("He was fined £10,000.", "Minister fined £12,000", {"£10,000", "£12,000"}),
    ("The tunnel is 18 kilometres long.", "18.5 km tunnel opens", {"18 kilometres", "18.5 km"}),
    ("Turnout was 45.8 percent.", "Turnout put at 48.5%", {"45.8 percent", "48.5%"}),
]

AGREE = [
    # the same, said in another way
    ("33 nations signed the convention in Hong Kong.", "Thirty-three nations sign convention in Hong Kong"),
    ("More than 30 countries signed the convention.", "33 countries sign convention"),
    (
        "The council approved HK$466.6 million for the police station.",
        "Council approves about HK$467 million for police station",
    ),
    (
        "The council approved nearly HK$467 million for the police station.",
        "Council approves HK$466.6 million for police station",
    ),
    (
        "The fund holds HK$0.4666 billion for the police station.",
        "Fund holds HK$466.6 million for police station",
    ),
    ("The fund for the bridge holds 1,500,000 euros.", "Bridge fund holds €1.5m"),
    ("Between 30 and 40 people were hurt in the Lyon fire.", "Lyon fire: 35 people hurt"),
    ("Some 500 people marched in Nantes.", "523 people march in Nantes"),
    ("At least 12 people died in the Lyon fire.", "Lyon fire: 14 people dead"),
    ("Une trentaine de pays ont signé la convention à Genève.", "Genève : 33 pays signent la convention"),
    ("Up to 50 people were arrested in Paris.", "Police arrest 48 people in Paris"),
    # different things
    (
        "30 countries signed the convention on mediation in Hong Kong.",
        "85 countries attended the mediation ceremony in Hong Kong",
    ),
    (
        "A gathering of 400 dignitaries from 85 countries saw the birth of the organization in Hong Kong.",
        "China and 30 nations launch organization in Hong Kong",
    ),
    ("The fire in Lyon killed 12 people and injured 30.", "Lyon fire: 30 injured, 12 dead"),
    (
        "195 countries signed the Paris Agreement on climate.",
        "189 countries have ratified the Paris Agreement on climate",
    ),
    ("The company employs 500 people in Leeds.", "Company dismisses 120 people in Leeds"),
    ("Inflation in the euro zone was 3.2 percent.", "Euro zone unemployment at 6.1 percent"),
    (
        "The survey found that 45 percent of women work part time.",
        "38 percent of men work part time, survey finds",
    ),
    ("Sales rose by 5 percent in the north.", "Sales fell by 3 percent in the north"),
    ("Germany’s economy grew by 0.4 percent.", "France’s economy grew by 0.2 percent, the institute said"),
    ("Inflation in Poland was 4.1 percent in April.", "Inflation in Poland was 4.6 percent in May"),
    (
        "The ministry spent 40 million euros on roads in 2023.",
        "Ministry spent 52 million euros on roads in 2024",
    ),
    (
        "The company made a profit of $1.2 billion in the first quarter.",
        "Company’s profit at $1.5 billion in second quarter",
    ),
    ("Profit at the bank rose to $2 billion.", "Bank’s revenue rises to $9 billion"),
    (
        "The council approved HK$466.6 million (approximately US$58.8 million).",
        "Council approves US$58.8 million, or HK$466.6 million",
    ),
    ("The conversion costs HK$466.6 million.", "Conversion costs US$60 million"),
    (
        "12 African countries joined the union’s trade plan.",
        "Five Asian countries join the union’s trade plan",
    ),
    ("10 of the 33 member states have an office in Geneva.", "33 member states open an office in Geneva"),
    ("Another 12 people died in the Lyon fire.", "Lyon fire: 40 people dead"),
    ("The road is 12 kilometres long.", "The road in Lyon is 9 metres wide"),
    # more of both
    (
        "The summit was attended by 60 leaders; 12 countries signed the final text.",
        "60 leaders attend summit",
    ),
    ("The court heard two cases; five judges sat.", "Court hears five judges"),
    ("He is 34 and has three children.", "Man, 36, had three children"),
    ("The index rose 2 percent on Monday.", "Index falls 1 percent on Tuesday"),
    ("On 3 June 2025 at 07:00 the story goes live.", "On 4 June 2025 at 08:00"),
    ("The law of 1998 was amended in 2004.", "The law of 1999"),
    ("Chapter 3 lists 12 rules.", "Chapter 4 lists 12 rules"),
    ("Women earn 12 percent less than men.", "Women hold 30 percent of seats"),
    ("Exports to China rose 8 percent, imports 3 percent.", "Imports from China up 3 percent"),
    ("The budget deficit is 3.1 percent of GDP, the debt 60 percent of GDP.", "Debt at 60 percent of GDP"),
    (
        "The M25 was closed for 12 hours between junctions 10 and 11.",
        "M25 closed between junctions 10 and 11",
    ),
    (
        "She won 54 percent of the vote in the first round.",
        "She wins 58 percent of the vote in the second round",
    ),
    ("The flat costs 300,000 euros, the house 500,000 euros.", "House for 500,000 euros"),
    (
        "The bridge cost €40 million and took three years to build.",
        "After four decades, €40 million bridge opens",
    ),
    ("Temperatures reached 40°C in Seville.", "42°C in Seville"),
    ("The vote was 52 to 48.", "The vote was 51 to 49"),
    ("Bus 42 hit two cars.", "Bus 38 hit two cars"),
    ("It costs about $60 a barrel.", "Oil at $59.80 a barrel"),
    ("The company has 500 shops in Spain.", "The company has 700 shops in Italy"),
    ("Some 30 countries, 12 of them African, signed.", "30 countries, 18 of them European, sign"),
    ("The first 30 countries to sign get a seat.", "33 countries sign"),
    ("Three of the 12 judges dissented.", "Nine of the 12 judges agreed"),
    ("The 2024 budget grew.", "The 2025 budget grew"),
    ("Resolution 2720 calls for aid; Resolution 2728 for a ceasefire.", "Resolution 2735 adopted"),
    ("A 7.8-magnitude quake", "A 6.1-magnitude quake"),
    ("Hurricane winds of 120 mph", "winds of 120 mph hit 3 states"),
    ("Israel struck 30 targets on Sunday.", "Israel strikes 50 targets on Monday"),
    ("Population 8.2 million; area 1,100 square kilometres.", "City of 7.5 million people"),
    ("He scored 23 points and 11 rebounds.", "He scored 23 points in 35 minutes"),
    (
        "UNHCR counts 4.3 million refugees from Ukraine in the EU.",
        "Germany hosts 1.2 million refugees from Ukraine",
    ),
    # no figures at all
    ("On May 30, 2025, ministers met in Hong Kong.", "On June 2, 2024, ministers met in Hong Kong"),
    ("The meeting of 30 May was long.", "The meeting of 2 June was long"),
    ("The ceremony in Hong Kong began at 14:05.", "The ceremony in Hong Kong began at 15:30"),
    ("The court sat at 9 am in The Hague.", "The court sat at 11 am in The Hague"),
    ("See page 12 of the report on mediation.", "See page 14 of the report on mediation"),
    ("Article 33 of the treaty names disputes.", "Article 30 of the treaty names disputes"),
    ("The 3rd round of talks on trade begins in Rome.", "The 2nd round of talks on trade begins in Rome"),
    ("The 34-year-old suspect was held in Lyon.", "A 36-year-old suspect is held in Lyon"),
    ("Leaders of the G20 met in Rome for talks.", "Leaders of the G7 met in Rome for talks"),
    ("They won 3–1 in Turin.", "They won 2–0 in Turin"),
    ("Flight 370 carried 239 passengers.", "Flight 17 carried 239 passengers"),
    ("The post-1945 order is in doubt.", "The post-1989 order is in doubt"),
    ("The strike of 2019 hit 30 firms in Lyon.", "A strike in 2023 hit 41 firms in Lyon"),
    ("It took effect three days ago in France.", "It took effect five days ago in France"),
    ("China forms a group with dozens of countries.", "China forms a group with 33 countries"),
]


def named(*texts):
    story, *sources = texts
    found = disagreements(
        [Passage(where="body", text=story)],
        [Passage(where=number, text=text, is_same_story=True) for number, text in enumerate(sources)],
    )
    return [disagreement.words() for disagreement in found]


@pytest.mark.parametrize(("story", "source", "words"), DISAGREE)
def test_figures_that_disagree_are_found(story, source, words):
    assert named(story, source) == [words]


@pytest.mark.parametrize(("story", "source", "words"), DISAGREE)
def test_they_are_found_the_other_way_round_too(story, source, words):
    assert named(source, story) == [words]


@pytest.mark.parametrize(("story", "source"), AGREE)
def test_figures_that_agree_or_are_about_different_things_are_left_alone(story, source):
    assert named(story, source) == []


@pytest.mark.parametrize(("story", "source"), AGREE)
def test_they_are_left_alone_the_other_way_round_too(story, source):
    assert named(source, story) == []


# What the captured pages say, and what they must yield.

BRIEFING = (
    "On May 30, 2025, China, in collaboration with over 30 countries—including Indonesia, Pakistan, Laos, Cambodia, "
    "and Serbia—formally established the International Organization for Mediation (IOMed) in Hong Kong."
)
ANALYSIS = (
    "Yet on May 30 in Hong Kong, a gathering of 400 dignitaries from 85 countries and nearly 20 international "
    "organizations quietly ushered in the birth of the International Organization for Mediation (IOMed).\n"
    "With 33 nations – among them China, Pakistan, Indonesia, Belarus, Cuba, Serbia, and Cambodia – signing on as "
    "founding members, IOMed becomes the first intergovernmental organization explicitly dedicated to resolving "
    "international disputes through mediation."
)
BRIEF = "China, with 30 countries, establishes IOMed in Hong Kong to resolve international disputes through mediation."


@pytest.mark.parametrize(
    ("story", "related", "words", "agreeing"),
    [
        (BRIEFING, [BRIEF, ANALYSIS], {"over 30 countries", "30 countries"}, ["33 nations"]),
        (ANALYSIS, [BRIEF, BRIEFING], {"33 nations", "30 countries"}, ["over 30 countries"]),
        (BRIEF, [ANALYSIS, BRIEFING], {"30 countries", "33 nations", "over 30 countries"}, []),
    ],
)
def test_thirty_over_thirty_and_thirty_three_are_named_together(story, related, words, agreeing):
    passages = [Passage(where=number, text=text) for number, text in enumerate(related)]
    found = disagreements([Passage(where="body", text=story)], passages)
    assert [disagreement.words() for disagreement in found] == [words]
    assert [said.figure.key for said in found[0].agreeing] == agreeing


def test_over_thirty_and_thirty_three_alone_do_not_disagree():
    assert disagreements([Passage(where="body", text=BRIEFING)], [Passage(where=1, text=ANALYSIS)]) == []


def test_a_headline_is_compared_with_the_body():
    passages = [
        Passage(where="headline", text="Lyon fire kills 14"),
        Passage(where="body", text="A fire in a flat in Lyon killed 12 people."),
    ]
    (found,) = disagreements(passages)
    assert [said.passage.where for said in [*found.own, *found.others]] == ["headline", "body"]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (
            "The fire in the harbour of Lyon killed 12 people on the quay. Relatives came to the harbour of Lyon, "
            "where the fire killed 14 people on the quay.",
            True,
        ),
        ("The fire in Lyon killed 12 people in the house and 14 people in the yard of the house.", False),
        ("The fire in Lyon killed 12 people. An attack in Nice killed 14 people.", False),
        ("Sales in Spain rose by 3 percent in April. Sales in Spain rose by 5 percent in May.", False),
    ],
)
def test_one_text_contradicts_itself_only_where_much_is_shared(text, is_found):
    assert bool(disagreements([Passage(where="body", text=text)])) == is_found
