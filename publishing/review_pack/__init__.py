"""The quarterly joint review: one pack per strategic vendor, in an edition for our people and one for the vendor."""
