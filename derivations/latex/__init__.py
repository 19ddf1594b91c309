"""Reading derivations in LaTeX and Markdown, and what their steps are worth.

=================  ================================================================================
``documents``      where the displays of a document are; macros, comments, directives
``tokens``         LaTeX and Unicode mathematics as tokens
``chains``         rows and relation signs: the steps of a display
``grammar``        brackets, scripts, commands with arguments (recursive descent)
``expressions``    expressions as trees
``notation``       how far logarithms, expectations, integrals and bars reach
``vocabulary``     what the names of a document are: laws, variables, functions, parameters
``meaning``        expressions as terms of the language
``cases``          a step under a reading: the statement it makes, what it leaves open
``rungs``          the usual hypotheses that an author may have left out
``shorthands``     what authors write with an equals sign though they mean less
``constancy``      what a proof takes for a constant
``verdicts``       the verdict on a step, gated
``edits``          the steps that are one edit away from a false one
``suggestions``    the nearest true statement
=================  ================================================================================
"""
