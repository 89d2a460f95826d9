with

toen as (

    select cijfer.*
    from {{ ref('stg_publicaties__cijfers') }} as cijfer
    inner join {{ ref('base_publicaties__laatste') }} as laatste on cijfer.publicatie_nr = laatste.publicatie_nr

),

-- What was published then beside what would be now. An indicator or a year that only one of both has is a change too.
naast_elkaar as (

    select
        laatste.publicatie_nr as vorige_publicatie_nr,
        coalesce(toen.indicator_code, huidig.indicator_code) as indicator_code,
        coalesce(toen.jaar, huidig.jaar) as jaar,
        toen.realisatie as realisatie_van,
        huidig.realisatie as realisatie_naar,
        toen.streefcijfer as streefcijfer_van,
        huidig.streefcijfer as streefcijfer_naar,
        huidig.indicator_code not in (select eerder.indicator_code from toen as eerder) as is_nieuwe_indicator
    from {{ ref('int_cijfers_samengevoegd') }} as huidig
    full join toen on huidig.indicator_code = toen.indicator_code and huidig.jaar = toen.jaar
    inner join {{ ref('base_publicaties__laatste') }} as laatste on laatste.publicatie_nr is not null

),

-- A figure or a norm that is not what it was in the last publication.
veranderd as (

    {% for grootheid in ['realisatie', 'streefcijfer'] %}
        select
            vorige_publicatie_nr,
            indicator_code,
            jaar,
            '{{ grootheid }}' as grootheid,
            {{ grootheid }}_van as waarde_van,
            {{ grootheid }}_naar as waarde_naar,
            is_nieuwe_indicator
        from naast_elkaar
        where {{ grootheid }}_van is distinct from {{ grootheid }}_naar
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

te_verklaren as (

    select
        veranderd.vorige_publicatie_nr,
        veranderd.indicator_code,
        veranderd.jaar,
        veranderd.grootheid,
        veranderd.waarde_van,
        veranderd.waarde_naar,
        indicator.meetwijze
    from veranderd
    inner join {{ ref('indicator') }} as indicator on veranderd.indicator_code = indicator.indicator_code
    where
        veranderd.grootheid = 'realisatie'
        and veranderd.waarde_van is not null
        and veranderd.waarde_naar is not null

),

-- The causes that lie in the delivered rows are applied one after the other, in their fixed order.
bijdragen as (

    select
        bijdrage.*,
        oorzaak.volgorde
    from {{ ref('int_bijdragen_vergeleken') }} as bijdrage
    inner join {{ ref('oorzaak') }} as oorzaak on bijdrage.oorzaak_code = oorzaak.oorzaak_code and oorzaak.is_van_rijen

),

stappen as (

    select
        te_verklaren.indicator_code,
        te_verklaren.jaar,
        te_verklaren.meetwijze,
        te_verklaren.waarde_van,
        oorzaak.oorzaak_code,
        oorzaak.volgorde
    from te_verklaren
    inner join {{ ref('oorzaak') }} as oorzaak on oorzaak.is_van_rijen

),

-- A number or an amount after each step.
gemeten_som as (

    select
        stap.indicator_code,
        stap.jaar,
        stap.oorzaak_code,
        stap.volgorde,
        stap.waarde_van + coalesce(sum(bijdrage.verandering), 0) as waarde
    from stappen as stap
    left join bijdragen as bijdrage
        on
            stap.indicator_code = bijdrage.indicator_code
            and stap.jaar = bijdrage.jaar
            and stap.volgorde >= bijdrage.volgorde
    where stap.meetwijze in ('aantal', 'som')
    group by stap.indicator_code, stap.jaar, stap.oorzaak_code, stap.volgorde, stap.waarde_van

),

-- Of a share, numerator and denominator.
delen_toen as (

    select
        indicator_code,
        jaar,
        count(distinct teleenheid) filter (rol = 'teller') as teller,
        count(distinct teleenheid) filter (rol = 'noemer') as noemer
    from {{ ref('stg_publicaties__tellingen') }}
    where telt_mee
    group by indicator_code, jaar

),

gemeten_aandeel as (

    select
        stap.indicator_code,
        stap.jaar,
        stap.oorzaak_code,
        stap.volgorde,
        100.0 * (delen.teller + coalesce(sum(bijdrage.verandering) filter (bijdrage.rol = 'teller'), 0))
        / nullif(delen.noemer + coalesce(sum(bijdrage.verandering) filter (bijdrage.rol = 'noemer'), 0), 0) as waarde
    from stappen as stap
    inner join delen_toen as delen on stap.indicator_code = delen.indicator_code and stap.jaar = delen.jaar
    left join bijdragen as bijdrage
        on
            stap.indicator_code = bijdrage.indicator_code
            and stap.jaar = bijdrage.jaar
            and stap.volgorde >= bijdrage.volgorde
    where stap.meetwijze = 'aandeel'
    group by stap.indicator_code, stap.jaar, stap.oorzaak_code, stap.volgorde, delen.teller, delen.noemer

),

-- Of a stock, what there was on every day that the register knows now.
dagen as (

    select distinct
        telling.indicator_code,
        telling.jaar,
        telling.teleenheid
    from {{ ref('int_tellingen_vastgelegd') }} as telling
    inner join te_verklaren
        on
            telling.indicator_code = te_verklaren.indicator_code
            and telling.jaar = te_verklaren.jaar
            and te_verklaren.meetwijze = 'laagste_stand'
    where telling.teleenheid is not null

),

standen_toen as (

    select
        indicator_code,
        jaar,
        teleenheid,
        sum(waarde) as stand
    from {{ ref('stg_publicaties__tellingen') }}
    where telt_mee
    group by indicator_code, jaar, teleenheid

),

dagbijdragen as (

    select
        indicator_code,
        jaar,
        teleenheid,
        volgorde,
        sum(verandering) as verandering
    from bijdragen
    group by indicator_code, jaar, teleenheid, volgorde

),

standen as (

    select
        stap.indicator_code,
        stap.jaar,
        stap.oorzaak_code,
        stap.volgorde,
        coalesce(toen.stand, 0) + coalesce(sum(bijdrage.verandering), 0) as stand
    from stappen as stap
    inner join dagen on stap.indicator_code = dagen.indicator_code and stap.jaar = dagen.jaar
    left join standen_toen as toen
        on
            dagen.indicator_code = toen.indicator_code
            and dagen.jaar = toen.jaar
            and dagen.teleenheid = toen.teleenheid
    left join dagbijdragen as bijdrage
        on
            dagen.indicator_code = bijdrage.indicator_code
            and dagen.jaar = bijdrage.jaar
            and dagen.teleenheid = bijdrage.teleenheid
            and stap.volgorde >= bijdrage.volgorde
    group by stap.indicator_code, stap.jaar, stap.oorzaak_code, stap.volgorde, dagen.teleenheid, toen.stand

),

gemeten as (

    select
        *,
        lag(waarde) over (partition by indicator_code, jaar order by volgorde) as vorige_waarde
    from (
        select
            indicator_code,
            jaar,
            oorzaak_code,
            volgorde,
            round(waarde, 2)::decimal(18, 2) as waarde
        from gemeten_som

        union all

        select
            indicator_code,
            jaar,
            oorzaak_code,
            volgorde,
            round(waarde, 2)::decimal(18, 2) as waarde
        from gemeten_aandeel

        union all

        select
            indicator_code,
            jaar,
            oorzaak_code,
            volgorde,
            min(stand)::decimal(18, 2) as waarde
        from standen
        group by indicator_code, jaar, oorzaak_code, volgorde
    ) as stap

),

{{ gepasseerde_trendbreuken() }},

uit_rijen as (

    select
        te_verklaren.*,
        case
            when gepasseerd.indicator_code is not null and gemeten.oorzaak_code in ('correctie', 'verwijdering')
                then 'trendbreuk'
            else gemeten.oorzaak_code
        end as oorzaak_code,
        sum(gemeten.waarde - coalesce(gemeten.vorige_waarde, te_verklaren.waarde_van)) as bijdrage
    from te_verklaren
    inner join gemeten
        on te_verklaren.indicator_code = gemeten.indicator_code and te_verklaren.jaar = gemeten.jaar
    left join gepasseerd
        on te_verklaren.indicator_code = gepasseerd.indicator_code and te_verklaren.jaar >= gepasseerd.jaar_vanaf
    group by all

),

verklaard as (

    select * exclude (meetwijze) from uit_rijen

    union all

    -- What the rows do not explain is in the way they were counted.
    select
        te_verklaren.vorige_publicatie_nr,
        te_verklaren.indicator_code,
        te_verklaren.jaar,
        te_verklaren.grootheid,
        te_verklaren.waarde_van,
        te_verklaren.waarde_naar,
        'gewijzigde_definitie' as oorzaak_code,
        te_verklaren.waarde_naar - te_verklaren.waarde_van - coalesce(sum(uit_rijen.bijdrage), 0) as bijdrage
    from te_verklaren
    left join uit_rijen
        on te_verklaren.indicator_code = uit_rijen.indicator_code and te_verklaren.jaar = uit_rijen.jaar
    group by
        te_verklaren.vorige_publicatie_nr,
        te_verklaren.indicator_code,
        te_verklaren.jaar,
        te_verklaren.grootheid,
        te_verklaren.waarde_van,
        te_verklaren.waarde_naar

    union all

    select
        * exclude (is_nieuwe_indicator),
        'gewijzigde_norm' as oorzaak_code,
        waarde_naar - waarde_van as bijdrage
    from veranderd
    where grootheid = 'streefcijfer' and waarde_van is not null and waarde_naar is not null

    union all

    -- From nothing to something, or back: there is no difference to divide.
    select
        * exclude (is_nieuwe_indicator),
        case
            when is_nieuwe_indicator then 'nieuwe_indicator'
            when waarde_van is null then 'nieuw'
            else 'vervallen'
        end as oorzaak_code,
        null as bijdrage
    from veranderd
    where waarde_van is null or waarde_naar is null

)

select
    vorige_publicatie_nr,
    indicator_code,
    jaar,
    grootheid,
    oorzaak_code,
    waarde_van,
    waarde_naar,
    bijdrage::decimal(18, 2) as bijdrage
from verklaard
where bijdrage is distinct from 0
