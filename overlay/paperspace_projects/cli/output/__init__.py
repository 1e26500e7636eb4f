"""What commands write: records, formats, tables, messages."""
