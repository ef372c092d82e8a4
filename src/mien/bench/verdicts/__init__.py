"""What the pieces say: scores, claims held against them, tables, the ranking, the record."""
