"""What Power BI and Tableau are told alike: the contract of the marts, the measures, and the pages of a report."""
