"""The data of the works: made or fetched once, and read in the ways in which contenders read it."""
