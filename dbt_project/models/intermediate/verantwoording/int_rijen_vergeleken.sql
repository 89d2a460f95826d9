with

toen_en_nu as (

    select
        levering_nr,
        false as is_nu
    from {{ ref('stg_publicaties__leveringen') }}

    union all

    select distinct
        kracht.levering_nr,
        true as is_nu
    from {{ ref('base_leveringen__van_kracht') }} as kracht
    inner join {{ ref('base_publicaties__laatste') }} as laatste on laatste.publicatie_nr is not null

),

met_extract as (

    select
        toen_en_nu.levering_nr,
        toen_en_nu.is_nu,
        levering.registratie,
        levering.extract,
        count(*) over (partition by toen_en_nu.levering_nr) = 1 as is_anders
    from toen_en_nu
    inner join {{ ref('stg_leveringen__leveringen') }} as levering on toen_en_nu.levering_nr = levering.levering_nr

),

-- Only where other deliveries of an extract are in force now can a row have changed.
van_gewijzigde_extracten as (

    select * from met_extract
    qualify bool_or(is_anders) over (partition by registratie, extract)

),

toen_van_kracht as (

    select levering_nr from van_gewijzigde_extracten
    where not is_nu

),

nu_van_kracht as (

    select levering_nr from van_gewijzigde_extracten
    where is_nu

),

toen as (

    {{ rijen_in_kracht('toen_van_kracht') }}

),

nu as (

    {{ rijen_in_kracht('nu_van_kracht') }}

)

select
    toen.levering_nr as vorige_levering_nr,
    toen.record_nr as vorige_record_nr,
    nu.levering_nr,
    nu.record_nr,
    case
        when toen.levering_nr is null then 'late_registratie'
        when nu.levering_nr is null then 'verwijdering'
        else 'correctie'
    end as oorzaak_code
from nu
full outer join toen
    on nu.registratie = toen.registratie and nu.extract = toen.extract and nu.sleutel = toen.sleutel
where nu.inhoud is distinct from toen.inhoud
