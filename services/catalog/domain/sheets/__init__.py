"""Spreadsheets as they come and go: rows out of CSV and XLSX whatever is wrong with them, and rows into both."""
