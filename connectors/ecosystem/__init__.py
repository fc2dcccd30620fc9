"""What this program itself has done, landed like the rows of any source: publications and alerts."""
