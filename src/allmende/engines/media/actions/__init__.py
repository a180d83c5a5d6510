"""Every change to media, by topic: `keeping` what came in, `placing` it, `scanning`, `repair`.

`pictures`, `documents`, `films` and `captions` are the doors: they take bytes and answer with clean ones or a sentence.
"""

from allmende.engines.media.actions.keeping import Rights, keep_image, render
from allmende.engines.media.actions.placing import (
    attach,
    detach,
    discard,
    expire_published,
    expire_unattached,
    forget_uploader,
    release,
    settle,
    settle_all,
    withdraw,
)

__all__ = [
    "Rights",
    "attach",
    "detach",
    "discard",
    "expire_published",
    "expire_unattached",
    "forget_uploader",
    "keep_image",
    "release",
    "render",
    "settle",
    "settle_all",
    "withdraw",
]
