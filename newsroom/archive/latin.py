"""The words of made-up stories in languages of Latin script."""

from newsroom.archive.vocabulary import Vocabulary, lines

ENGLISH = Vocabulary(
    code="en",
    weight=50,
    subjects=lines("""
        the city council
        the harbour authority
        the ministry of transport
        the regional court
        a committee of the parliament
        the union of dock workers
        the national bank
        the port’s largest operator
        the weather service
        an association of small farmers
        the university hospital
        the energy regulator
        a group of residents
        the coast guard
        the school board
        the railway company
        the anti-corruption office
        the museum of the old town
        a team of engineers
        the water board
    """),
    predicates=lines("""
        postpones the vote on the new budget
        publishes figures that nobody had expected
        asks for a second opinion on the bridge
        opens the ferry line to the islands again
        warns of higher prices for electricity
        agrees to pay for the repair of the dam
        withdraws its offer after long talks
        calls for clearer rules on fishing
        presents a plan for cheaper housing
        confirms that the tunnel stays closed
        refuses to release the report
        promises to answer all open questions
        begins to count the damage of the storm
        signs a contract for forty new trams
        closes the inquiry without a charge
        doubles the number of inspections
        finds traces of lead in the drinking water
        moves the summer market to another square
        cuts the fees for the use of the quay
        names a new head after months of waiting
        hires more nurses than in any year before
        admits an error in its own statistics
        sells the old power station to its workers
        invites neighbouring towns to a conference
    """),
    adverbials=lines("""
        on Monday morning
        in spite of the rain
        after a night of talks
        for the first time in ten years
        without giving a reason
        at the request of the neighbours
        against the advice of its own experts
        within the next three months
        as the law demands
        in a letter to the press
        before the end of the season
        with a narrow majority
        under pressure from both sides
        at a cost of eleven million
    """),
    quoting=lines("""
        “We have waited long enough for this,” said {name}, who has worked there for years.
        {name}, who was present, called the decision a step in the right direction.
        According to {name}, the numbers have not been checked by anybody.
        {name} did not answer questions about the cost.
        “Nobody told us,” said {name}, who lives on the other side of the river.
    """),
    remarks=lines("""
        I have lived here for twenty years and have never heard that {subject} did anything of the kind.
        Thank you for this, it is the first article that explains it.
        What does it cost, and who pays for it in the end?
        I wonder whether {subject} has ever looked at the older reports.
        My neighbour works there and tells it quite differently.
        That is exactly what was promised four years ago.
        The second source says something else about the figures.
        It would be good to hear what {subject} thinks of it.
        I do not agree, but it is a fair account of what was said.
        Has anybody asked the people who live beside the harbour?
        The same happened in our town, and it took three years to put right.
        Please write about the schools as well.
        I read the whole report, and the main point is missing here.
        Good that somebody keeps an eye on this.
    """),
    syllables=("bar", "den", "hol", "mer", "ley", "stan", "wick", "tor", "hes", "rin", "cald", "mor", "pen", "sel",
               "gar", "lin", "dun", "ford", "ash", "bel"),
)  # fmt: skip

FRENCH = Vocabulary(
    code="fr",
    weight=15,
    subjects=lines("""
        le conseil municipal
        la capitainerie du port
        le ministère des transports
        le tribunal régional
        une commission du parlement
        le syndicat des dockers
        la banque nationale
        l’hôpital universitaire
        le service météorologique
        une association de petits agriculteurs
        l’autorité de l’énergie
        un groupe d’habitants
        la garde côtière
        l’académie
        la société des chemins de fer
        le musée de la vieille ville
    """),
    predicates=lines("""
        reporte le vote du nouveau budget
        publie des chiffres que personne n’attendait
        demande un second avis sur le pont
        rouvre la ligne de bateaux vers les îles
        annonce une hausse du prix de l’électricité
        accepte de payer la réparation du barrage
        retire son offre après de longues discussions
        exige des règles plus claires pour la pêche
        présente un plan pour des logements moins chers
        confirme que le tunnel reste fermé
        refuse de publier le rapport
        promet de répondre à toutes les questions
        commence à mesurer les dégâts de la tempête
        signe un contrat pour quarante nouveaux trams
        double le nombre des contrôles
        trouve des traces de plomb dans l’eau potable
        déplace le marché d’été sur une autre place
        reconnaît une erreur dans ses propres statistiques
    """),
    adverbials=lines("""
        lundi matin
        malgré la pluie
        après une nuit de négociations
        pour la première fois depuis dix ans
        sans donner de raison
        à la demande des voisins
        contre l’avis de ses propres experts
        dans les trois prochains mois
        comme la loi l’exige
        dans une lettre à la presse
        avant la fin de la saison
        avec une faible majorité
    """),
    quoting=lines("""
        « Nous avons assez attendu », a dit {name}, qui y travaille depuis des années.
        {name}, qui était sur place, parle d’un pas dans la bonne direction.
        Selon {name}, personne n’a vérifié les chiffres.
        {name} n’a pas répondu aux questions sur le coût.
    """),
    remarks=lines("""
        J’habite ici depuis vingt ans et je n’ai jamais vu {subject} faire une chose pareille.
        Merci, c’est le premier article qui l’explique.
        Combien cela coûte-t-il, et qui paie à la fin ?
        Je me demande si {subject} a lu les anciens rapports.
        C’est exactement ce qui avait été promis il y a quatre ans.
        La deuxième source dit autre chose sur les chiffres.
        On aimerait savoir ce que {subject} en pense.
        Je ne suis pas d’accord, mais le récit est honnête.
        La même chose est arrivée dans notre ville.
        Écrivez aussi sur les écoles, s’il vous plaît.
    """),
    syllables=("mar", "vil", "lon", "beau", "cour", "ser", "val", "mont", "tré", "gny", "ro", "che", "fou", "ran",
               "bel", "aud"),
)  # fmt: skip

GERMAN = Vocabulary(
    code="de",
    weight=10,
    is_turned=False,
    subjects=lines("""
        der Stadtrat
        die Hafenbehörde
        das Verkehrsministerium
        das Landgericht
        ein Ausschuss des Parlaments
        die Gewerkschaft der Hafenarbeiter
        die Nationalbank
        das Universitätsklinikum
        der Wetterdienst
        ein Verband kleiner Bauernhöfe
        die Energieaufsicht
        eine Gruppe von Anwohnern
        die Küstenwache
        das Schulamt
        die Eisenbahngesellschaft
        das Museum der Altstadt
    """),
    predicates=lines("""
        verschiebt die Abstimmung über den neuen Haushalt
        veröffentlicht unerwartete Zahlen
        verlangt ein zweites Gutachten über die Brücke
        eröffnet die Fährlinie zu den Inseln wieder
        warnt vor höheren Strompreisen
        bezahlt die Reparatur des Staudamms
        zieht das Angebot nach langen Gesprächen zurück
        fordert klarere Regeln für die Fischerei
        stellt einen Plan für günstigere Wohnungen vor
        bestätigt die Sperrung des Tunnels
        verweigert die Herausgabe des Berichts
        verspricht Antworten auf alle offenen Fragen
        zählt die Schäden des Sturms
        unterschreibt einen Vertrag über vierzig neue Straßenbahnen
        verdoppelt die Zahl der Kontrollen
        findet Spuren von Blei im Trinkwasser
        verlegt den Sommermarkt auf einen anderen Platz
        räumt einen Fehler in der eigenen Statistik ein
    """),
    adverbials=lines("""
        am Montagmorgen
        trotz des Regens
        nach einer Nacht voller Gespräche
        zum ersten Mal seit zehn Jahren
        ohne Angabe von Gründen
        auf Wunsch der Nachbarn
        gegen den Rat der eigenen Fachleute
        innerhalb der nächsten drei Monate
        in einem Brief an die Presse
        vor dem Ende der Saison
        mit knapper Mehrheit
        zu Kosten von elf Millionen
    """),
    quoting=lines("""
        „Wir haben lange genug gewartet“, sagte {name}, dort seit Jahren beschäftigt.
        {name} war dabei und nennt die Entscheidung einen Schritt in die richtige Richtung.
        Nach den Worten von {name} hat niemand die Zahlen geprüft.
        Fragen nach den Kosten beantwortete {name} nicht.
    """),
    remarks=lines("""
        Ich wohne seit zwanzig Jahren hier, und so etwas hat {subject} noch nie getan.
        Danke, das ist der erste Artikel, der es erklärt.
        Was kostet das, und wer bezahlt es am Ende?
        Ob {subject} die älteren Berichte je gelesen hat?
        Genau das wurde vor vier Jahren versprochen.
        Die zweite Quelle sagt über die Zahlen etwas anderes.
        Was {subject} dazu sagt, wäre gut zu wissen.
        Ich bin anderer Meinung, aber der Bericht ist fair.
        In unserer Stadt war es genauso, und es dauerte drei Jahre.
        Bitte schreiben Sie auch über die Schulen.
    """),
    syllables=("wal", "den", "stein", "furt", "hau", "ber", "gen", "müh", "lach", "ost", "eck", "rin", "tal", "kirch",
               "hof", "bruck"),
)  # fmt: skip

SPANISH = Vocabulary(
    code="es",
    weight=8,
    subjects=lines("""
        el ayuntamiento
        la autoridad del puerto
        el ministerio de transportes
        el tribunal regional
        una comisión del parlamento
        el sindicato de estibadores
        el banco nacional
        el hospital universitario
        el servicio meteorológico
        una asociación de pequeños agricultores
        el regulador de la energía
        un grupo de vecinos
        la guardia costera
        el consejo escolar
        la compañía de ferrocarriles
        el museo del casco antiguo
    """),
    predicates=lines("""
        aplaza la votación del nuevo presupuesto
        publica cifras que nadie esperaba
        pide una segunda opinión sobre el puente
        reabre la línea de barcos a las islas
        advierte de precios más altos de la electricidad
        acepta pagar la reparación de la presa
        retira su oferta tras largas conversaciones
        exige reglas más claras para la pesca
        presenta un plan de viviendas más baratas
        confirma que el túnel sigue cerrado
        se niega a publicar el informe
        promete responder a todas las preguntas
        empieza a contar los daños de la tormenta
        firma un contrato por cuarenta tranvías nuevos
        duplica el número de inspecciones
        encuentra restos de plomo en el agua potable
        traslada el mercado de verano a otra plaza
        admite un error en sus propias estadísticas
    """),
    adverbials=lines("""
        el lunes por la mañana
        a pesar de la lluvia
        tras una noche de negociaciones
        por primera vez en diez años
        sin dar razones
        a petición de los vecinos
        contra el consejo de sus propios expertos
        en los próximos tres meses
        como exige la ley
        en una carta a la prensa
        antes del final de la temporada
        por una mayoría estrecha
    """),
    quoting=lines("""
        «Ya hemos esperado bastante», dijo {name}, que trabaja allí desde hace años.
        {name}, que estaba presente, habla de un paso en la buena dirección.
        Según {name}, nadie ha comprobado las cifras.
        {name} no respondió a las preguntas sobre el coste.
    """),
    remarks=lines("""
        Vivo aquí desde hace veinte años y nunca he visto que {subject} hiciera algo así.
        Gracias, es el primer artículo que lo explica.
        ¿Cuánto cuesta y quién lo paga al final?
        Me pregunto si {subject} ha leído los informes antiguos.
        Es exactamente lo que se prometió hace cuatro años.
        La segunda fuente dice otra cosa sobre las cifras.
        Estaría bien saber qué piensa {subject}.
        No estoy de acuerdo, pero el relato es justo.
        Lo mismo pasó en nuestra ciudad.
        Escriban también sobre las escuelas.
    """),
    syllables=("al", "mar", "vel", "cas", "tro", "mon", "san", "ri", "ber", "gue", "lla", "tor", "des", "pal", "car",
               "nue"),
)  # fmt: skip
