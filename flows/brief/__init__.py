"""The briefing: figures of the built reports to an edition of pages and mails, in each language.

`edition.brief` is the way in; `edition.again` renders a standing edition from its own snapshot.
"""
