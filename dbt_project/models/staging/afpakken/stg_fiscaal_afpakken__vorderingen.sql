{{ boekingen('fiscaal_afpakken', 'vorderingen') }}
