"""Price rules: the table, its dry run, and who puts it in force."""
