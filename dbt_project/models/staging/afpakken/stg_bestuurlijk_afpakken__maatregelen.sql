{{ boekingen('bestuurlijk_afpakken', 'maatregelen') }}
