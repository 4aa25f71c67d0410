"""What the names of properties mean: words of several languages by the meaning that they share.

A meaning is a word of its own here (`zip`, `given`). Spellings are in lower case without accents; several words in a
row are joined by a dash. A spelling may have more than one meaning (`state` of an address, of a task).
"""

from collections import defaultdict
from typing import Final

__all__ = ["FAMILIES", "GENERIC", "MEANINGS", "NOISE", "QUALIFIERS", "RELATED"]

_SPELLINGS: Final = {
    # persons
    "given": "given-name first-name firstname forename fname givenname fornavn fornamn vorname prenom nombre nome "
    "voornaam etunimi christian-name name-first call-name kallenavn first",
    "family": "family-name last-name lastname surname lname familyname sname etternavn efternavn efternamn nachname "
    "familienname nom apellido apellidos cognome achternaam sukunimi name-last slektsnavn last family",
    "middle": "middle-name middlename mellomnavn mellannamn mellemnavn zweiter-vorname mname",
    "fullname": "full-name fullname display-name displayname complete-name visningsnavn fullt-navn anzeigename "
    "nom-complet nombre-completo whole-name",
    "nick": "nick-name nickname alias handle kallenamn spitzname kurzname",
    "salutation": "salutation title-of-address anrede tiltale hilsen honorific name-prefix courtesy-title",
    "gender": "gender sex kjonn kon geschlecht sexe genero geslacht sukupuoli",
    "birth": "birth-date date-of-birth birthdate birthday dob born fodselsdato fodselsdag fodselsdag fodt fodd "
    "geburtsdatum geburtstag geboren date-naissance date-de-naissance naissance fecha-nacimiento fecha-de-nacimiento "
    "nascimento geboortedatum syntymaaika day-of-birth born-on born-at fodelsedatum",
    "ssn": "ssn social-security-number soc-sec-id soc-sec-no sosial-sikkerhet national-id nationalid national-number "
    "personal-id personal-number personal-identity-number person-number personnummer personnr fodselsnummer "
    "fodselsnr pnr fnr cpr sozialversicherungsnummer identity-number dni bsn hetu national-identity-number svnr "
    "social-security",
    "language": "language lang locale sprak sprog sprache langue idioma taal kieli lingua",
    "nationality": "nationality citizenship nasjonalitet staatsangehorigkeit nationalite nacionalidad",
    "job": "job-title jobtitle position job-position role-title stilling stillingstittel befattning funktion poste "
    "puesto functie beruf job-role occupation profession yrke job",
    "user": "user-name username login logon login-name brukernavn brukarnamn benutzername benutzer identifiant "
    "usuario gebruikersnaam user-id userid user bruker brugernavn anvandarnamn account-name",
    # reaching them
    "email": "email mail e-mail epost e-post email-address mail-address mailadresse epostadresse e-mail-adresse "
    "courriel correo correo-electronico e-post-adress mailaddr emailaddr emailaddress mejl sahkoposti emailid "
    "electronic-mail",
    "phone": "phone telephone tel tlf telefon telefono telephonenumber phone-number phonenumber telephone-number "
    "telefonnummer telefonnr telefone telefoon telefoonnummer puhelin fon tfn fone phone-no tel-no tlfnr ph landline "
    "fasttelefon festnetz fixed-line direct-phone direct-dial",
    "mobile": "mobile mobil cell cellphone cellular cell-phone mobile-phone mobile-number mobilephone mobiltelefon "
    "mobilnummer mobilnr handy handynummer portable movil gsm mob mobiel matkapuhelin celular cell-number "
    "mobile-no sms-number "
    "tel-cell tel-mobile phone-mobile telefon-mobil tel-mobil phone-cell telephone-mobile",
    "fax": "fax telefax facsimile faks fax-number faxnr faxnummer telefaks fax-no tel-fax phone-fax telefon-fax",
    "url": "url website web-site homepage home-page web-page webpage www hjemmeside nettside nettsted webseite "
    "internet site-web sitio-web web-address internetadresse hemsida link uri webside",
    "contact": "contact kontakt contact-person kontaktperson ansprechpartner contacto att attention",
    # where they are
    "address": "address adresse adress addr direccion anschrift adres osoite indirizzo endereco location",
    "street": "street street-address streetaddress address-line-1 address-line1 addressline1 address-1 address1 "
    "addr1 line-1 line1 gate gateadresse gatuadress gata strasse str straat rue calle via vej vejnavn road "
    "adresslinje-1 adresslinje1 adresse-1 adresse1 street-1 street1 strassenname street-line1 strasse-hausnummer "
    "thoroughfare address-line katuosoite",
    "street2": "address-line-2 address-line2 addressline2 address-2 address2 addr2 line-2 line2 street-2 street2 "
    "street-address-2 street-address2 streetaddress2 suite apartment adresslinje-2 adresslinje2 adresse-2 adresse2 "
    "adresszusatz complement "
    "co-address c-o extra-line apt-unit",
    "house": "house-number houseno house-no husnummer husnr hausnummer street-number streetnumber numero-rue nr-bldg "
    "huisnummer gatenummer",
    "zip": "zip zip-code zipcode postal-code postalcode post-code postcode postnr postnummer post-number plz "
    "postleitzahl code-postal cp codigo-postal cap postcodes zip-postal zipp postinumero zip-or-postal-code "
    "post-no poststed-nr",
    "city": "city town poststed ort stadt ville ciudad by kommune municipality postal-area locality place suburb "
    "sted stad plaats postort localidad comune woonplaats city-name kaupunki citta kommun postal-place",
    "region": "region state province county fylke lan bundesland provins provincia departement district "
    "state-province state-or-province kanton landkreis",
    "country": "country land nation pays pais country-code countrycode landkode country-name landskode landcode "
    "landkod laenderkode country-iso iso-country paese maa country-id iso2",
    "latitude": "latitude lat breitengrad breddegrad geo-lat",
    "longitude": "longitude lon lng long langengrad lengdegrad geo-lng",
    # companies
    "company": "company organisation organization org firma firm enterprise business account empresa societe "
    "unternehmen bedrijf virksomhet foretak bolag selskap entreprise azienda yritys employer arbeidsgiver",
    "customer": "customer client cust kunde kund klient cliente debtor debitor klant buyer asiakas debiteur "
    "acheteur kopare kjoper",
    "supplier": "supplier vendor leverandor leverantor lieferant fournisseur proveedor kreditor creditor "
    "leverancier crediteur toimittaja",
    "person": "person people individual personne persona persoon",
    "employee": "employee worker staff ansatt anstalld medarbeider mitarbeiter employe empleado medewerker personal "
    "personnel emp medarbejder",
    "member": "member medlem mitglied membre miembro lid socio jasen membership medlemskap mitgliedschaft",
    "orgno": "organisation-number organization-number org-number orgnumber org-no orgno orgnr organisasjonsnummer "
    "organisationsnummer org-nr registration-number company-number cvr cvr-number company-registration-number "
    "business-id "
    "enterprise-number handelsregisternummer siret siren kvk kvk-number foretaksnummer company-no reg-no regno "
    "registration-no firmenbuchnummer abn business-number ytunnus",
    "vat": "vat vat-number vatno vatnumber vat-no vat-id vatid tax-number tax-id taxid ust-id ustid mva-nummer "
    "momsnummer moms-nr btw-nummer nif tva-intra tin tax-registration-number numero-tva tax-identification-number "
    "vat-registration-number vat-reg-no umsatzsteuer-id",
    "industry": "industry sector branch bransje branche secteur sector-name nace business-area naring naeringskode",
    "department": "department dept avdeling avdelning abteilung departamento afdeling service division osasto",
    "employees": "number-of-employees employee-count employees headcount antall-ansatte anzahl-mitarbeiter effectif "
    "staff-count no-of-employees",
    "turnover": "turnover revenue annual-revenue omsetning omsattning umsatz chiffre-affaires yearly-revenue",
    # things
    "product": "product item article artikkel artikel vare produkt article-item articulo producto produit materiaal "
    "material good goods ware tuote part",
    "sku": "sku article-number item-number product-number product-code item-code article-no artikkelnummer "
    "artikelnummer varenummer varenr artikelnr stock-keeping-unit part-number material-number item-no product-no "
    "artnr stock-code reference-produit itemno part-no codigo-articulo tuotenumero",
    "ean": "ean ean-code gtin barcode bar-code upc strekkode strichcode ean13 ean-13 isbn code-barres streckkod "
    "gtin13 stregkode codigo-barras",
    "brand": "brand manufacturer maker merke marke hersteller marque produsent fabrikant make producer varumarke "
    "fabricante brand-name",
    "price": "price unit-price sales-price pris preis prix precio prijs sale-price selling-price list-price "
    "verkaufspreis utsalgspris salgspris forsaljningspris vk-preis salesprice unitprice prezzo netto-preis vkp "
    "price-ex-vat hinta retail-price",
    "cost": "cost cost-price purchase-price kostpris innkjopspris einkaufspreis ek-preis kost inpris buying-price "
    "costprice unit-cost prix-achat kosten inkoopprijs coste cost-of-goods buy-price",
    "currency": "currency currency-code valuta wahrung devise moneda curr ccy iso-currency currencycode valuta-kode",
    "amount": "amount sum total belop betrag montant importe bedrag total-amount belopp value summe grand-total "
    "beloeb",
    "tax": "tax vat-rate tax-rate mva moms mwst steuersatz tva mva-sats steuer mwst-satz tax-percent iva "
    "vat-percent",
    "discount": "discount rabatt rebate remise descuento korting rabat discount-percent nachlass",
    "quantity": "quantity qty antall antal menge anzahl quantite cantidad aantal pieces number-of count stk units",
    "stock": "stock stock-level inventory on-hand beholdning lagerbestand bestand lager lagersaldo available "
    "stock-quantity in-stock quantity-on-hand stock-on-hand lagerbeholdning voorraad existencias qty-available",
    "weight": "weight weight-kg vekt gewicht vikt poids peso mass kg weight-g netto-gewicht net-weight vaegt",
    "width": "width bredde breite bredd largeur ancho breedte",
    "height": "height hoyde hohe hojd hauteur alto hoogte hoejde",
    "length": "length lengde lange langd longueur largo lengte depth dybde tiefe laenge",
    "colour": "colour color farge farbe farg couleur farve kleur",
    "size": "size storrelse grosse storlek taille talla maat groesse",
    "unit": "unit unit-of-measure uom enhet einheit unite mengeneinheit eenheid measure me enhed maleenhet",
    "category": "category kategori kategorie categorie categoria group gruppe product-group varegruppe warengruppe "
    "category-name segment class klasse family-group grupp varugrupp item-group",
    "image": "image picture photo bilde bild foto image-url photo-url avatar logo thumbnail billede",
    "shelf": "shelf bin rack lagerplass lagerplatz bin-location shelf-location hylle regal storage-bin lokasjon "
    "lagerplads stock-location",
    "warehouse": "warehouse depot lagersted lagerort magasin entrepot almacen magazijn site-of-stock",
    # money and documents
    "iban": "iban bank-account bank-account-number kontonummer kontonr account-number-iban bankkonto kontoverbindung "
    "compte-bancaire bankgiro bank-acc",
    "bic": "bic swift bic-code swift-code bic-swift",
    "account": "account account-number accountno konto gl-account ledger-account compte cuenta rekening "
    "sachkonto finanskonto",
    "invoice": "invoice faktura rechnung facture factura factuur bill lasku",
    "order": "order ordre bestilling bestellung auftrag commande pedido purchase-order bestallning tilaus",
    "due": "due due-date forfall forfallsdato falligkeit falligkeitsdatum echeance vencimiento vervaldatum "
    "deadline frist due-on due-at payment-due date-due forfaldsdato forfallodatum ablaufdatum-zahlung",
    "terms": "payment-terms terms betalingsbetingelser betalingsvilkar zahlungsbedingungen zahlungsziel "
    "conditions-paiement payment-days credit-days net-days kredittid betalingsfrist dagen-krediet",
    "limit": "credit-limit limit kredittgrense kreditgrans kreditlimit plafond kredietlimiet credit-max",
    "paid": "paid betalt bezahlt payee pagado betaald is-paid betald settled",
    "budget": "budget budsjett budsjettramme presupuesto budget-amount",
    "hours": "hours timer stunden heures horas uren hours-spent timar tunnit effort",
    "salary": "salary wage lonn lon gehalt salaire salario salaris annual-salary pay lohn",
    # texts and marks
    "name": "name navn namn naam nimi label caption bezeichnung designation denominacion betegnelse benevnelse "
    "benaming benamning",
    "title": "title subject tittel titel betreff sujet asunto emne onderwerp heading headline topic amne otsikko "
    "summary objet kurztext",
    "description": "description desc descr beskrivelse beskrivning beschreibung descripcion omschrijving "
    "long-text longtext details body content text-body descrizione langtext kuvaus article-text",
    "note": "note notes comment comments remark remarks merknad bemerkung anmerkung notiz notat kommentar "
    "bemerkning bemaerkning "
    "commentaire comentario opmerking memo observation observaciones anteckning annotation notater",
    "status": "status state stage phase tilstand zustand etat estado stato tilstande fase stadium lifecycle",
    "type": "type kind art sort slags typ tipo soort variety",
    "priority": "priority prio prioritet prioritat urgency priorite prioridad hastegrad importance severity "
    "viktighet dringlichkeit",
    "active": "active is-active enabled aktiv actif activo actief aktiv-status in-use live aktivert",
    "inactive": "inactive disabled blocked is-blocked sperret gesperrt archived is-archived inaktiv passiv locked "
    "bloque bloqueado is-inactive deactivated suspended sparrad geblokkeerd",
    "consent": "consent newsletter opt-in marketing-consent gdpr samtykke samtycke einwilligung wants-newsletter "
    "nyhetsbrev subscribed mailing-consent accepts-marketing",
    "optout": "opt-out unsubscribed no-marketing do-not-contact reservert do-not-mail no-mailing",
    "tags": "tags labels tag keywords stikkord schlagworte etiquettes emneord etiquetas trefwoorden",
    "number": "number no nr num numero nummer nbr numer n-o nummero",
    "code": "code kode kod key codigo kennung shortcode schluessel schlussel",
    "id": "id identifier ident ref reference external-ref uid guid uuid referanse referenz referens",
    "date": "date dato datum fecha data day dag tag jour paivamaara",
    "time": "time tid zeit heure hora tijd timestamp at klokkeslett datetime date-time uhrzeit tidspunkt moment on",
    "amountof": "amount-of",
    "text": "text tekst texto texte string info information value-text",
    "url-slug": "slug permalink",
    # moments and people of a process
    "start": "start starts begin begins beginning from start-date start-time starts-at start-at startdate starttime "
    "startdato fra begynner anfang beginn debut inicio von valid-from van aanvang starttid begin-date gyldig-fra "
    "startdatum kickoff commence effective-from begynnelse",
    "end": "end ends finish finishes until end-date end-time ends-at end-at enddate endtime sluttdato slutt ende fin "
    "termino bis valid-to valid-until expiry expires expiry-date expiration einde sluttid slut til stop finish-date "
    "enddatum gyldig-til completion slutdato slutdatum expires-at expire",
    "created": "created created-at created-on creation-date date-created create-date created-date opprettet erstellt "
    "skapad cree creado aangemaakt inserted date-added added registered registered-at registrert entry-date "
    "oprettet erfasst created-time anlagedatum angelegt date-registered opprettetdato erstellungsdatum",
    "modified": "modified changed updated modified-at updated-at changed-at last-modified last-update endret "
    "geandert andrad modifie modificado gewijzigd last-changed date-modified modified-on updated-on endretdato "
    "sist-endret lastmodified aendringsdatum edited",
    "creator": "creator created-by author opprettet-av erstellt-von skapad-av cree-par made-by inserted-by entered-by",
    "modifier": "modified-by changed-by updated-by endret-av geandert-von last-modified-by edited-by",
    "closed": "closed closed-at closed-on resolved resolved-at completed completed-at done avsluttet lukket "
    "abgeschlossen geschlossen ferme cerrado gesloten solved",
    "hired": "hired hire-date hiredate date-hired employment-date employed-from ansettelsesdato ansatt-fra "
    "eintrittsdatum eintritt date-embauche joined joined-at join-date joindate innmeldt innmeldingsdato entry "
    "beitrittsdatum date-joined member-since beitritt indmeldt anstallningsdatum start-of-employment tiltradt "
    "indmeldelsesdato in-dienst",
    "left": "left employed-until employed-to "
    "leave-date leaving-date termination-date date-left utmeldt sluttdato-ansatt austritt austrittsdatum "
    "date-depart resigned resigned-at exit-date quit cancelled-at uit-dienst udmeldt",
    "owner": "owner owner-id assignee assigned-to assigned responsible ansvarlig ansvarig verantwortlich zustandiger "
    "responsable agent account-manager sales-rep salesperson saksbehandler seller selger key-account handler "
    "bearbeiter eier eigentumer propietario vertreter case-owner saljare sachbearbeiter behandelaar rep owned-by",
    "manager": "manager supervisor reports-to boss leader leder chef vorgesetzter project-manager prosjektleder "
    "projektleiter jefe leidinggevende reports line-manager overordnet projektledare naermeste-leder teamlead",
    "requester": "requester reporter reported-by requested-by opened-by caller innmelder melder demandeur "
    "solicitante customer-contact anmelder raised-by",
    "parent": "parent parent-id overordnet-id mor ubergeordnet parent-company master morselskap",
    "project": "project prosjekt projekt projet proyecto engagement",
    "event": "event appointment meeting mote termin rendez-vous arrangement cita afspraak mode aktivitet activity "
    "motes aktivitat",
    "venue": "venue room rom raum salle sala place-of-event sted-lokale where meeting-room lokale sal",
    "duration": "duration varighet dauer duree duracion duur minutes length-minutes varaktighet varighed",
    "organizer": "organizer organiser host arrangor veranstalter organisateur organizador",
    "participants": "participants attendees deltakere teilnehmer invitados guests deltagere deltagare aanwezigen",
    "allday": "all-day allday heldag ganztagig is-all-day hele-dagen whole-day fullday",
    "fee": "fee dues kontingent avgift beitrag cotisation cuota contributie medlemsavgift membership-fee arsavgift "
    "subscription-fee mitgliedsbeitrag",
    "channel": "channel source kanal origin kilde kalla quelle canal herkunft opprinnelse source-channel via-channel",
    "progress": "progress percent-complete completion-rate framdrift fortschritt prosent-ferdig percent-done "
    "done-ratio",
}

FAMILIES: Final = (
    # what excludes one another: two names that have different ones are of different things
    ("given", "family", "middle", "nick"),
    ("mobile", "fax"),
    ("street", "street2", "house", "zip", "city", "region", "country"),
    ("start", "end", "created", "modified", "closed", "birth", "due", "hired", "left", "paid"),
    ("price", "cost", "discount", "tax"),
    ("width", "height", "length", "weight", "size"),
    ("latitude", "longitude"),
    ("iban", "bic"),
    ("sku", "ean"),
    ("owner", "requester", "parent"),
    ("visit", "post", "billing", "ship"),
    ("home", "work"),
    ("least", "most"),
    ("planned", "actual"),
    ("net", "gross"),
    ("old", "new"),
    ("one", "two", "three"),
    ("customer", "supplier"),
)
"""Meanings that exclude one another."""

QUALIFIERS: Final = {
    "visit": "visit visiting visitor besok besoks physical location business site main head primary hoved haupt "
    "premises bezoek visita forretnings besogs",
    "ship": "ship shipping ship-to delivery deliver-to levering leverings liefer lieferung livraison envio leverans "
    "afleverings",
    "post": "post postal mailing mail-to postbox pobox po-box postfach postal-box korrespondanse",
    "billing": "billing bill-to invoice-to faktura-til invoicing rechnungs fakturerings fakturaadresse "
    "rechnungsadresse facturation facturacion factuur-adres bill fakturering",
    "home": "home private personal privat prive hjemme domicile heim hjem prive-adres",
    "work": "work office business-of jobb arbeid buro professional dienst direct arbeids kontor switchboard job-of",
    "least": "min minimum least lowest minste mindest min-level reorder",
    "most": "max maximum most highest storste hochst",
    "planned": "planned estimated expected budgeted planlagt geplant estimert prevu scheduled target forventet "
    "forecast",
    "actual": "actual real faktisk tatsachlich ist reel spent registered-of faktiske",
    "net": "net netto ex-vat excl-vat eks-mva excl ex-tax ekskl",
    "gross": "gross brutto inc-vat incl-vat ink-mva incl inc-tax inkl",
    "old": "old previous former gammel tidligere alt vorige forrige prior",
    "new": "new ny neu nouveau nuevo nytt",
    "one": "1 one primary-of forste",
    "two": "2 two secondary alternative alternate second other annen zweite alt-of additional extra sekundar",
    "three": "3 three third tertiary",
}
"""Words that tell one of several like things from the others."""

GENERIC: Final = frozenset({"name", "number", "code", "id", "date", "time", "type", "text", "status", "title",
                            "amount", "description", "note", "category", "active"})  # fmt: skip
"""Meanings that many things have, so that sharing them proves less."""

_NOISE: Final = (
    "the of a an is has as and or for in value field attribute attr data details info object property obj fld record "
    "general basic common iso txt str my our its x udf cf custom to til zu by av de der des du la le el van"
)
NOISE: Final = frozenset(_NOISE.split())
"""Words that tell nothing, where others are left."""

RELATED: Final = {
    frozenset(pair.split("-")): share
    for pair, share in {
        "phone-mobile": 0.55,
        "name-fullname": 0.85,
        "name-title": 0.75,
        "name-company": 0.45,
        "name-family": 0.35,
        "name-given": 0.25,
        "fullname-company": 0.3,
        "fullname-family": 0.3,
        "name-description": 0.35,
        "title-description": 0.35,
        "title-job": 0.55,
        "title-salutation": 0.4,
        "description-note": 0.6,
        "description-text": 0.7,
        "note-text": 0.7,
        "orgno-vat": 0.5,
        "sku-number": 0.65,
        "sku-code": 0.65,
        "sku-id": 0.4,
        "number-code": 0.6,
        "number-id": 0.55,
        "code-id": 0.5,
        "status-active": 0.4,
        "status-inactive": 0.35,
        "active-inactive": 0.6,
        "consent-optout": 0.6,
        "owner-manager": 0.7,
        "requester-contact": 0.5,
        "requester-customer": 0.45,
        "participants-contact": 0.3,
        "type-category": 0.65,
        "category-industry": 0.45,
        "stock-quantity": 0.65,
        "amount-price": 0.5,
        "amount-fee": 0.55,
        "price-fee": 0.35,
        "amount-budget": 0.5,
        "start-hired": 0.6,
        "end-left": 0.55,
        "end-due": 0.55,
        "date-time": 0.6,
        "due-terms": 0.3,
        "street-address": 0.75,
        "city-address": 0.3,
        "zip-address": 0.25,
        "country-address": 0.25,
        "venue-address": 0.4,
        "venue-shelf": 0.2,
        "shelf-address": 0.4,
        "company-customer": 0.55,
        "company-supplier": 0.5,
        "customer-contact": 0.45,
        "customer-account": 0.4,
        "brand-supplier": 0.4,
        "employee-user": 0.35,
        "member-customer": 0.4,
        "hours-duration": 0.55,
        "limit-amount": 0.3,
        "email-user": 0.35,
        "tags-category": 0.4,
        "region-city": 0.25,
        "channel-type": 0.25,
        "priority-status": 0.1,
        "contact-person": 0.6,
        "contact-name": 0.4,
        "language-country": 0.2,
        "job-department": 0.25,
        "nick-given": 0.4,
        "nick-user": 0.45,
        "event-title": 0.35,
        "organizer-owner": 0.7,
        "iban-account": 0.5,
        "birth-date": 0.4,
        "created-date": 0.45,
        "hired-created": 0.2,
        "ssn-number": 0.3,
        "ssn-id": 0.3,
        "orgno-number": 0.4,
        "ean-code": 0.4,
        "ean-number": 0.35,
        "url-email": 0.1,
        "image-url": 0.3,
        "progress-status": 0.25,
    }.items()
}
"""How much two meanings have to do with each other, from 0 to 1, where they are not the same."""


def _meanings() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Spelling, as its words, to what it may mean."""
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for table in (_SPELLINGS, QUALIFIERS):
        for meaning, spellings in table.items():
            for spelling in (meaning, *spellings.split()):
                words = tuple(spelling.split("-"))
                if meaning not in found[words]:
                    found[words].append(meaning)
    return {words: tuple(meanings) for words, meanings in found.items()}


MEANINGS: Final = _meanings()
"""Spelling, as its words, to what it may mean."""
