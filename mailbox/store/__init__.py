"""All SQL of the house: tables, queries, the unit of work and the migrations. Knows no Flask and opens no box."""
