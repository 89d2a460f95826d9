with

-- A heading holds three things: 'Limburg (PV)_||Totaal opgehelderde misdrijven_2016*'.
gesplitst as (

    select
        levering_nr,
        record_nr,
        jaar,
        aantal,
        soort_misdrijf_naam,
        coalesce(
            nullif(regexp_extract(soort_misdrijf_naam, '^([0-9.]+) ', 1), ''), 'totaal'
        ) as soort_misdrijf_code,
        regexp_extract(kop, '^([^_]+)_', 1) as regio_naam,
        regexp_extract(kop, '^[^_]+_(?:[|][|])?(.+)_[0-9]{4}[*]{0,2}$', 1) as onderwerp_naam,
        kop like '%*' as is_voorlopig
    from {{ ref('stg_cbs_misdrijven__provincies') }}

)

select
    gesplitst.levering_nr,
    gesplitst.record_nr,
    gesplitst.soort_misdrijf_code,
    gesplitst.soort_misdrijf_naam,
    case
        when gesplitst.soort_misdrijf_code = 'totaal' then null
        when gesplitst.soort_misdrijf_code like '%.%'
            then regexp_replace(gesplitst.soort_misdrijf_code, '[.][0-9]+$', '', 'g')
        else 'totaal'
    end as hoofdsoort_code,
    -- A name that no list knows keeps its row under that name, so that nothing is lost and two of them stay apart.
    coalesce(regio.regio_code, gesplitst.regio_naam) as regio_code,
    gesplitst.regio_naam,
    coalesce(regio.regio_soort, 'onbekend') as regio_soort,
    coalesce(onderwerp.onderwerp_code, gesplitst.onderwerp_naam) as onderwerp_code,
    onderwerp.eenheid_van_maat,
    onderwerp.afgerond_op,
    gesplitst.jaar,
    gesplitst.aantal,
    gesplitst.is_voorlopig
from gesplitst
left join {{ ref('cbs_regio') }} as regio
    on {{ canoniek_label('gesplitst.regio_naam') }} = {{ canoniek_label('regio.label') }}
left join {{ ref('cbs_onderwerp') }} as onderwerp
    on {{ canoniek_label('gesplitst.onderwerp_naam') }} = {{ canoniek_label('onderwerp.label') }}
