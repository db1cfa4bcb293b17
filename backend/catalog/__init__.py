"""What a shop sells: canned jobs with their lines, labor rates, tax rates. Visits copy from here and never look back."""
