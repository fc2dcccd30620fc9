"""From the landing zone to the warehouse file: what a build reads, the build itself, and how things stand."""
