"""From source systems to the landing zone: one folder per system, plus the few parts they share."""
