"""Makes the key that opens copies: `python -m launcher.backup_key > backup-key`

The private key goes to standard output, the public one, for PORTAL_BACKUP_RECIPIENTS, is told on
the screen. Run it where copies are opened, not where they are made. It needs no setting, no folder
and no network, so the image does it anywhere; `age-keygen` writes the same.
"""

import sys

import pyrage.x25519


def main() -> None:
    identity = pyrage.x25519.Identity.generate()
    print(f"# public key: {identity.to_public()}\n{identity}")
    print(identity.to_public(), file=sys.stderr)


if __name__ == "__main__":
    main()
