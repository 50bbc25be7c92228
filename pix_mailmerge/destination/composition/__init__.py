"""How compose.py makes one document of many records.

scan, sections, body, lists, notes   the model's Jinja sources, rewritten once
plan                                 all of a model that is prepared once
run                                  one document being written
ids, stories, pictures, properties, parts   what it counts and keeps meanwhile
"""
