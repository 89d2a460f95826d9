{% set van_de_boeking = [
    'dossier_nr',
    'object_nr',
    'aanleveraar_code',
    'dienst_code',
    'beslagsoort_code',
    'eenheid_code',
    'boekingsoort_code',
    'objectsoort_code',
] %}

with recursive

afpak_aanleveraar as (

    select
        *,
        volgorde = min(volgorde) over (partition by jaar_van, jaar_tot) as is_eerste
    from ({{ gekozen_lijst('afpak_aanleveraar') }}) as lijst

),

boekingsoort as (

    {{ gekozen_lijst('boekingsoort') }}

),

beslagsoort as (

    {{ gekozen_lijst('beslagsoort') }}

),

objectsoort as (

    {{ gekozen_lijst('objectsoort') }}

),

opsporingsdienst as (

    {{ gekozen_lijst('opsporingsdienst') }}

),

eenheden as (

    {{ eenheden_per_jaar() }}

),

-- These, and what is said of them below, are read anew by each that follows: to keep millions of rows in memory costs
-- more than to read them.
boekingen as not materialized (

    select * from {{ ref('int_afpakboekingen_verzameld') }}

),

correcties as (

    select * from boekingen
    where corrigeert_nr is not null

),

-- Few bookings are corrected, and only those need to be looked up.
gecorrigeerd as (

    select boekingen.*
    from boekingen
    where boekingen.boeking_nr in (select correctie.corrigeert_nr from correcties as correctie)

),

-- A correction may correct a correction. What was met before goes no further, so two which correct each other end it.
ketens as (

    select
        registratie,
        boeking_nr,
        corrigeert_nr,
        [corrigeert_nr] as gezien
    from correcties

    union all

    select
        keten.registratie,
        keten.boeking_nr,
        volgende.corrigeert_nr,
        list_append(keten.gezien, volgende.corrigeert_nr) as gezien
    from ketens as keten
    inner join gecorrigeerd as volgende
        on keten.registratie = volgende.registratie and keten.corrigeert_nr = volgende.boeking_nr
    where volgende.corrigeert_nr is not null and not list_contains(keten.gezien, volgende.corrigeert_nr)

),

originelen as (

    select
        keten.boeking_nr as correctie_nr,
        origineel.*
    from ketens as keten
    inner join gecorrigeerd as origineel
        on keten.registratie = origineel.registratie and keten.corrigeert_nr = origineel.boeking_nr
    where origineel.corrigeert_nr is null

),

-- A correction belongs to the booking that it corrects, whatever it repeats of it, leaves out or says otherwise: of its
-- own are the amount, and the days on which it was made and registered.
gekoppeld as not materialized (

    select
        boeking.registratie,
        boeking.levering_nr,
        boeking.record_nr,
        {% for kolom in van_de_boeking %}
            boeking.{{ kolom }},
        {% endfor %}
        boeking.boek_datum,
        boeking.boek_datum as mutatie_datum,
        boeking.registratie_datum,
        boeking.bedrag_eur,
        false as is_correctie,
        false as is_zonder_boeking
    from boekingen as boeking
    where boeking.corrigeert_nr is null

    union all

    select
        boeking.registratie,
        boeking.levering_nr,
        boeking.record_nr,
        {% for kolom in van_de_boeking %}
            case
                when origineel.boeking_nr is null then boeking.{{ kolom }}
                else origineel.{{ kolom }}
            end as {{ kolom }},
        {% endfor %}
        coalesce(origineel.boek_datum, boeking.boek_datum) as boek_datum,
        boeking.boek_datum as mutatie_datum,
        boeking.registratie_datum,
        boeking.bedrag_eur,
        true as is_correctie,
        origineel.boeking_nr is null as is_zonder_boeking
    from correcties as boeking
    left join originelen as origineel
        on boeking.registratie = origineel.registratie and boeking.boeking_nr = origineel.correctie_nr

),

-- A case of which one booking is above the threshold of a version is large, with all its bookings.
grote_zaken as (

    select distinct
        boeking.registratie,
        boeking.dossier_nr,
        groot.definitie_versie
    from gekoppeld as boeking
    inner join {{ ref('definitie_parameter') }} as groot
        on groot.parameter = 'grote_schikking_eur' and boeking.bedrag_eur > groot.waarde::decimal(18, 2)

),

ingedeeld as not materialized (

    select
        boeking.registratie,
        boeking.levering_nr,
        boeking.record_nr,
        boeking.dossier_nr,
        boeking.object_nr,
        boeking.aanleveraar_code as geleverde_aanleveraar_code,
        -- What no list knows was never agreed upon, so it may be anything, also a name.
        coalesce(aanleveraar.aanleveraar_code, 'onbekend') as aanleveraar_code,
        boeking.dienst_code,
        boeking.boek_datum,
        boeking.registratie_datum,
        boeking.bedrag_eur,
        soort.stap_code,
        soort.is_stand,
        aanleveraar.weg_code,
        aanleveraar.volgorde,
        coalesce(aanleveraar.is_eerste, false) as is_eerste_aanleveraar,
        dienst.is_politie,
        boeking.is_correctie,
        boeking.is_zonder_boeking,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        coalesce(boeking.object_nr, boeking.dossier_nr) as teleenheid,
        coalesce(eenheid.eenheid_code, 'NTD') as eenheid_code,
        coalesce(voorwerp.objectsoort_code, 'ONBEKEND') as objectsoort_code,
        -- A kind that is delivered is read, whoever delivers it. Where there is none, a deliverer or a step that is not
        -- known may know one.
        case
            when boeking.beslagsoort_code is not null then coalesce(beslag.beslagsoort, 'onbekend')
            when coalesce(aanleveraar.kent_beslagsoort, true) and coalesce(soort.heeft_beslagsoort, true)
                then 'onbekend'
            else 'nvt'
        end as beslagsoort,
        grote_zaak.dossier_nr is not null as is_groot,
        -- telregel: the year of the booking that is corrected, or that of the correction itself. A stand is of its day,
        -- so what corrects it is too.
        year(
            case
                when soort.is_stand or gekozen.telregel = 'jaar_van_oorspronkelijke_boeking' then boeking.boek_datum
                when gekozen.telregel = 'jaar_van_mutatie' then boeking.mutatie_datum
            end
        ) as jaar,
        eerste_stand.waarde::integer as eerste_stand_dagen,
        kracht.dekking_vanaf,
        kracht.stand_datum
    from gekoppeld as boeking
    inner join {{ ref('base_leveringen__van_kracht') }} as kracht on boeking.levering_nr = kracht.levering_nr
    inner join {{ ref('int_definities_gekozen') }} as gekozen
        on gekozen.indicator_code = 'beslag_conservatoir_politie_eur'
    inner join {{ ref('definitie_parameter') }} as eerste_stand
        on gekozen.definitie_versie = eerste_stand.definitie_versie and eerste_stand.parameter = 'eerste_stand_dagen'
    left join grote_zaken as grote_zaak
        on
            boeking.registratie = grote_zaak.registratie
            and boeking.dossier_nr = grote_zaak.dossier_nr
            and gekozen.definitie_versie = grote_zaak.definitie_versie
    left join afpak_aanleveraar as aanleveraar
        on
            boeking.aanleveraar_code = aanleveraar.aanleveraar_code
            and {{ in_zijn_jaren('aanleveraar', 'year(boeking.boek_datum)') }}
    left join boekingsoort as soort
        on
            boeking.boekingsoort_code = soort.boekingsoort_code
            and {{ in_zijn_jaren('soort', 'year(boeking.boek_datum)') }}
    left join beslagsoort as beslag
        on
            boeking.beslagsoort_code = beslag.beslagsoort_code
            and {{ in_zijn_jaren('beslag', 'year(boeking.boek_datum)') }}
    left join objectsoort as voorwerp
        on
            boeking.objectsoort_code = voorwerp.objectsoort_code
            and {{ in_zijn_jaren('voorwerp', 'year(boeking.boek_datum)') }}
    left join opsporingsdienst as dienst
        on boeking.dienst_code = dienst.dienst_code and {{ in_zijn_jaren('dienst', 'year(boeking.boek_datum)') }}
    left join eenheden as eenheid
        on
            boeking.eenheid_code = eenheid.eenheid_code
            and eenheid.eenheid_soort != 'nederland'
            and {{ in_zijn_jaren('eenheid', 'year(boeking.boek_datum)') }}

),

-- At which deliverer an object counts may be unknown: which one it is, or at which step. Few objects have such a one.
twijfelachtig as (

    select *
    from ingedeeld
    where
        object_nr in (
            select onbekend.object_nr from ingedeeld as onbekend
            where onbekend.volgorde is null or onbekend.stap_code is null
        )

),

twijfel as (

    select
        boeking.registratie,
        boeking.levering_nr,
        boeking.record_nr,
        boeking.jaar_van,
        bool_or(
            not boeking.is_eerste_aanleveraar
            and coalesce(ander.volgorde < boeking.volgorde, true)
            and coalesce(boeking.stap_code = ander.stap_code, true)
            and (
                boeking.volgorde is null
                or ander.volgorde is null
                or boeking.stap_code is null
                or ander.stap_code is null
            )
        ) as kan_elders_tellen,
        bool_or(ander.stap_code = 'beslag_gelegd' and coalesce(ander.volgorde < boeking.volgorde, false))
            as is_beslag_elders
    from twijfelachtig as boeking
    inner join twijfelachtig as ander
        on
            boeking.object_nr = ander.object_nr
            and boeking.geleverde_aanleveraar_code != ander.geleverde_aanleveraar_code
            and boeking.jaar_van is not distinct from ander.jaar_van
    where not ander.is_zonder_boeking
    group by boeking.registratie, boeking.levering_nr, boeking.record_nr, boeking.jaar_van

),

-- Few objects come from another deliverer than the first in order; of those the first that there is.
gedeeld as (

    select
        object_nr,
        stap_code,
        jaar_van,
        min(volgorde) filter (not is_zonder_boeking) as eerste_volgorde
    from ingedeeld
    where
        object_nr in (
            select later.object_nr from ingedeeld as later
            where not later.is_eerste_aanleveraar
        )
    group by object_nr, stap_code, jaar_van
    having max(volgorde) > min(volgorde) filter (not is_zonder_boeking)

),

getwijfeld as (

    select
        ingedeeld.*,
        gedeeld.eerste_volgorde,
        coalesce(twijfel.kan_elders_tellen, false) as kan_elders_tellen,
        coalesce(twijfel.is_beslag_elders, false) as is_beslag_elders
    from ingedeeld
    left join twijfel
        on
            ingedeeld.registratie = twijfel.registratie
            and ingedeeld.levering_nr = twijfel.levering_nr
            and ingedeeld.record_nr = twijfel.record_nr
            and ingedeeld.jaar_van is not distinct from twijfel.jaar_van
    left join gedeeld
        on
            ingedeeld.object_nr = gedeeld.object_nr
            and ingedeeld.stap_code = gedeeld.stap_code
            and ingedeeld.jaar_van is not distinct from gedeeld.jaar_van

),

-- One object at one step counts at one deliverer: the first in order of those that deliver it. All its bookings there
-- count, so that conservatoir and klassiek beslag on one object stay two.
beoordeeld as (

    select
        *,
        case
            when jaar < year(dekking_vanaf) then 'voor_dekking'
            -- What it belongs to is not known here, or not counted: by itself it is a part of nothing.
            when is_zonder_boeking then 'correctie_zonder_boeking'
            when stap_code is null or weg_code is null then 'onbekende_code'
            when is_stand and (month(boek_datum) != 12 or day(boek_datum) != 31) then 'stand_binnen_jaar'
            when volgorde > eerste_volgorde then 'andere_aanleveraar'
            when kan_elders_tellen then 'onbekende_code'
            else 'telt'
        end as regel_code
    from getwijfeld

),

per_versie as (

    {{ in_het_jaar_van_hun_versie('beoordeeld', 'registratie, levering_nr, record_nr') }}

)

select
    per_versie.registratie,
    per_versie.jaar,
    coalesce(per_versie.weg_code, 'onbekend') as weg_code,
    coalesce(per_versie.stap_code, 'onbekend') as stap_code,
    coalesce(per_versie.is_stand, false) as is_stand,
    per_versie.beslagsoort,
    per_versie.aanleveraar_code,
    per_versie.objectsoort_code,
    per_versie.eenheid_code,
    per_versie.dienst_code,
    per_versie.is_politie,
    per_versie.dossier_nr,
    per_versie.teleenheid,
    per_versie.object_nr is not null as heeft_object,
    per_versie.kan_elders_tellen,
    per_versie.is_beslag_elders,
    per_versie.is_correctie,
    per_versie.is_groot,
    per_versie.registratie_datum
    < make_date(per_versie.jaar + 1, 1, 1) + to_days(per_versie.eerste_stand_dagen) as is_eerste_stand,
    per_versie.stand_datum,
    per_versie.bedrag_eur,
    per_versie.levering_nr,
    per_versie.record_nr,
    per_versie.regel_code,
    regel.telt_mee
from per_versie
inner join {{ ref('regel') }} as regel on per_versie.regel_code = regel.regel_code
