"""Every change to media, by topic: `keeping`, the `library` of documents and videos, `placing`, `scanning`, `repair`.

`pictures`, `documents`, `films` and `captions` are the doors: they take bytes and answer with clean ones or a sentence.
"""

from allmende.engines.media.actions.keeping import Rights, keep_image, render
from allmende.engines.media.actions.library import (
    Words,
    add_captions,
    add_sign_language,
    describe,
    keep_document,
    keep_link,
    keep_video,
    remove_medium,
    set_poster,
)
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
    "Words",
    "add_captions",
    "add_sign_language",
    "attach",
    "describe",
    "detach",
    "discard",
    "expire_published",
    "expire_unattached",
    "forget_uploader",
    "keep_document",
    "keep_image",
    "keep_link",
    "keep_video",
    "release",
    "remove_medium",
    "render",
    "set_poster",
    "settle",
    "settle_all",
    "withdraw",
]
