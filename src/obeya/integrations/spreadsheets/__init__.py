"""Purchase orders that come as spreadsheets: workbooks, and files of separated values."""
