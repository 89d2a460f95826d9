with

-- A year that still ran is no figure that could be revised.
cijfers as (

    select
        cijfer.publicatie_nr,
        publicatie.peildatum,
        cijfer.indicator_code,
        cijfer.jaar,
        cijfer.realisatie,
        cijfer.definitie_versie,
        cijfer.lijst_versies
    from {{ ref('stg_publicaties__cijfers') }} as cijfer
    inner join {{ ref('stg_publicaties__publicaties') }} as publicatie
        on cijfer.publicatie_nr = publicatie.publicatie_nr
    where cijfer.realisatie is not null and cijfer.gedekt_tot = make_date(cijfer.jaar, 12, 31)

    union all

    select
        laatste.volgend_publicatie_nr as publicatie_nr,
        peildatum.peildatum,
        cijfer.indicator_code,
        cijfer.jaar,
        cijfer.realisatie,
        cijfer.definitie_versie,
        cijfer.lijst_versies
    from {{ ref('int_cijfers_samengevoegd') }} as cijfer
    cross join {{ ref('base_publicaties__laatste') }} as laatste
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    inner join {{ ref('base_leveringen__vraag') }} as vraag on vraag.is_publicatie
    where cijfer.realisatie is not null and cijfer.gedekt_tot = make_date(cijfer.jaar, 12, 31)

),

naast_de_eerste as (

    select
        *,
        first_value(publicatie_nr) over eerder as eerste_publicatie_nr,
        first_value(peildatum) over eerder as eerste_peildatum,
        first_value(realisatie) over eerder as eerste_waarde,
        first_value(definitie_versie) over eerder as eerste_definitie_versie
    from cijfers
    window eerder as (partition by indicator_code, jaar order by publicatie_nr)

),

over_een_breuk as (

    select distinct
        naast_de_eerste.indicator_code,
        naast_de_eerste.jaar,
        naast_de_eerste.publicatie_nr
    from naast_de_eerste
    inner join {{ ref('int_trendbreuken_bekend') }} as breuk
        on
            naast_de_eerste.indicator_code = breuk.indicator_code
            and naast_de_eerste.jaar >= breuk.jaar_vanaf
            and naast_de_eerste.eerste_peildatum < breuk.ontvangen_vanaf
            and naast_de_eerste.peildatum >= breuk.ontvangen_vanaf

),

-- Which lists a figure names may have grown since; only another version of a list that both name is a change.
lijsten as (

    select
        genoemd.publicatie_nr,
        genoemd.indicator_code,
        genoemd.jaar,
        versie.lijst_code,
        versie.lijst_versie
    from (
        select
            publicatie_nr,
            indicator_code,
            jaar,
            unnest(string_split(lijst_versies, ', ')) as lijst_versie
        from cijfers
    ) as genoemd
    inner join {{ ref('lijst_versie') }} as versie on genoemd.lijst_versie = versie.lijst_versie

),

met_een_andere_lijst as (

    select distinct
        thans.indicator_code,
        thans.jaar,
        thans.publicatie_nr
    from naast_de_eerste
    inner join lijsten as thans
        on
            naast_de_eerste.indicator_code = thans.indicator_code
            and naast_de_eerste.jaar = thans.jaar
            and naast_de_eerste.publicatie_nr = thans.publicatie_nr
    inner join lijsten as eerste
        on
            naast_de_eerste.indicator_code = eerste.indicator_code
            and naast_de_eerste.jaar = eerste.jaar
            and naast_de_eerste.eerste_publicatie_nr = eerste.publicatie_nr
            and thans.lijst_code = eerste.lijst_code
            and thans.lijst_versie != eerste.lijst_versie

),

-- What changed with the basis or the definition of a series says nothing of how well it was measured at first.
vergeleken as (

    select
        naast_de_eerste.*,
        case
            when breuk.indicator_code is not null then 'andere_basis'
            when
                naast_de_eerste.definitie_versie != naast_de_eerste.eerste_definitie_versie
                or lijst.indicator_code is not null
                then 'andere_definitie'
        end as geen_bijstelling_reden
    from naast_de_eerste
    left join over_een_breuk as breuk
        on
            naast_de_eerste.indicator_code = breuk.indicator_code
            and naast_de_eerste.jaar = breuk.jaar
            and naast_de_eerste.publicatie_nr = breuk.publicatie_nr
    left join met_een_andere_lijst as lijst
        on
            naast_de_eerste.indicator_code = lijst.indicator_code
            and naast_de_eerste.jaar = lijst.jaar
            and naast_de_eerste.publicatie_nr = lijst.publicatie_nr

)

select
    vergeleken.indicator_code,
    vergeleken.jaar::integer as jaar,
    vergeleken.publicatie_nr,
    vergeleken.peildatum,
    vergeleken.eerste_publicatie_nr,
    vergeleken.eerste_peildatum,
    (
        12 * (year(vergeleken.peildatum) - year(vergeleken.eerste_peildatum))
        + month(vergeleken.peildatum) - month(vergeleken.eerste_peildatum)
    )::integer as maanden_na_eerste,
    vergeleken.eerste_waarde,
    vergeleken.realisatie,
    case
        when vergeleken.geen_bijstelling_reden is null then vergeleken.realisatie - vergeleken.eerste_waarde
    end::decimal(18, 2) as bijstelling,
    case
        when vergeleken.geen_bijstelling_reden is null and indicator.meetwijze != 'aandeel'
            then round(
                100.0 * (vergeleken.realisatie - vergeleken.eerste_waarde) / nullif(vergeleken.eerste_waarde, 0), 2
            )
    end::decimal(18, 2) as bijstelling_pct,
    vergeleken.geen_bijstelling_reden
from vergeleken
inner join {{ ref('indicator') }} as indicator on vergeleken.indicator_code = indicator.indicator_code
