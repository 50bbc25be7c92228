"""How fast this project is, beside its peers: ``python -m benchmarks render|fallback|compose|school|convert``.

__main__      the command                     plans     what is measured: methods, counts, rounds, checks
rounds        methods take turns              child     the process in which each of them runs
methods       one .docx per pupil             composed  one for all             processes  a large school
peer_models   the same page in each language  node_peers, node/                 pupils     a seeded maker
report        the result, as JSON or a table  convert   CSV to workbook                 cpu   processor time
"""
