"""Pictures that people send: the one door they come in by.

What comes in is decoded, never believed by its name; what is kept is drawn anew, so that neither place, camera nor
anything hidden behind the picture survives. A picture is private until its room releases it. Files lie under the hash
of their bytes, private and public trees apart.
"""
