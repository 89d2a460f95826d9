select
    misdrijven.soort_misdrijf_code,
    misdrijven.soort_misdrijf_naam,
    misdrijven.hoofdsoort_code,
    misdrijven.regio_code,
    misdrijven.regio_naam,
    misdrijven.regio_soort,
    misdrijven.onderwerp_code,
    misdrijven.jaar,
    peildatum.peildatum,
    misdrijven.eenheid_van_maat,
    misdrijven.aantal,
    misdrijven.afgerond_op,
    misdrijven.is_voorlopig
from {{ ref('int_cbs_misdrijven_ingedeeld') }} as misdrijven
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
