{{ boekingen('om_beslag', 'beslag') }}
