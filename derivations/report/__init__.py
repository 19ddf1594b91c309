"""What was proved, checked and trained, as a document: LaTeX, PDF, HTML, JSON, a terminal, a notebook.

=====================  ===============================================================================
``selection``          which claims: the library's, a script's, by id and by item of the sheet
``evidence``           prove a claim, its steps and its second proof, and run its checks
``workers``            the same in processes, with verdicts that are replayed on arrival
``mathematics``        LaTeX formulas read, checked against a list of commands, and broken into lines
``content``            everything a report says, before it is typeset
``latex``, ``html``    the two documents; ``data`` for JSON, ``terminal`` and ``notebook`` for a session
=====================  ===============================================================================
"""
