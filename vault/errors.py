"""What the vault says when it can't give what was asked."""


class Unreadable(RuntimeError):
    """The key is gone, or the sealed value was changed, cut or moved."""
