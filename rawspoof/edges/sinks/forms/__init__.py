"""How an event is written: a module a form, each pure, and the table of their names."""

from rawspoof.edges.sinks.forms.table import named as named
