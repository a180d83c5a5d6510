"""Who is told, and how: follow anything, and hear what became of it by the way that you chose.

Rooms say in their manifests which event tells whom what. Here that becomes a notice in the portal and, by the person's
contact kind, a mail, a printed letter, a telephone call, or a number with a code to look it up with. Whoever
contributed is told; whoever may not see a thing hears nothing of it.
"""
