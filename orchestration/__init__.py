"""The machine of the Veiligheidsagenda warehouse: it moves and guards data, it holds no definition of the agenda."""
