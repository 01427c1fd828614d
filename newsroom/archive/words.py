"""The words of made-up stories and comments: seven languages, and what stories are filed by."""

from newsroom.archive.latin import ENGLISH, FRENCH, GERMAN, SPANISH
from newsroom.archive.other_scripts import ARABIC, CHINESE, RUSSIAN
from newsroom.archive.vocabulary import lines

VOCABULARIES = (ENGLISH, FRENCH, GERMAN, SPANISH, RUSSIAN, CHINESE, ARABIC)

SECTIONS = ("World", "Politics", "Business", "Science", "Culture", "Local", "Sport", "Opinion")
TOPICS = lines("""
    harbour
    budget
    trade
    climate
    housing
    schools
    elections
    health
    railways
    energy
    fisheries
    water
    courts
    transport
    budget law
    storms
    museums
    wages
    farming
    migration
    research
    tourism
    data protection
    corruption
    bridges
    pensions
    islands
    forests
    air quality
    public debt
""")
DOCUMENTS = lines("""
    Annual report on {topic}
    Minutes of the committee on {topic}
    Letter to the council about {topic}
    Figures on {topic}, third quarter
    Inquiry into {topic}
    Interview about {topic}
    Draft law on {topic}
    Survey of {topic}
""")
PUBLISHERS = lines("""
    Courier
    Gazette
    Statistical Office
    University Press
    Chamber of Commerce
    Observer
    Evening Post
    Institute
    Monitor
    Agency
""")
GIVEN_NAMES = ("Ana", "Boris", "Chloé", "David", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Karim", "Lena",
               "Mei", "Nils", "Olga", "Pablo", "Rosa", "Samir", "Tara", "Yusuf")  # fmt: skip
