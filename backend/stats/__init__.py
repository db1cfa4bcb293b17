"""The shop's numbers: figures by named formulas, each with the rows that add up to it; which cars are here."""
