"""Law as data: dated tables with their sources, and what follows from them for one person at one moment.

This is not legal advice. The tables hold what was read where and when; whether they are right and enough for the places
a shop sends to is for the shop's own lawyers to say. Rules: the strictest row that applies wins; a shop may tighten by
its quiet hours, and loosens only by an `Override` that says why and who approved it.
"""
