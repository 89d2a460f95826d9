{{ boekingen('cjib_incasso', 'incasso') }}
