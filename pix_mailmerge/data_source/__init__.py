"""Room 1: files become records, records become « Résultats Pix.xlsx ».

sources, archives      what the user means -> files
tables                 a file -> rows: text_files, workbooks (sheet, xlsx_reader, ods_reader); mending undoes damage
file_kinds, lookalikes what a file is that holds no results
layout, sections       which column stands where; pix_rows: rows -> records; any_table, titles: any other table
columns, values, cells the table of columns, and what a cell means; excel_codes: what Excel makes of « 1.1 »
pix_export             read_sources(paths) -> Reading, through all of the above; duplicates, gaps, join, join_list
certification          the typed view of a record
select                 select(reading) -> Selection; reasons, statuses, checks; narrow, order_by
results_xlsx           write_results, read_workbook; xlsx_writer
"""
