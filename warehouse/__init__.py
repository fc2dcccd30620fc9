"""From the landing zone to the warehouse file: what a build reads, the build itself (dbt in a child process), and how things stand."""
