"""What engineers paste instead of a capture or a store.

Runs of `openssl s_client` (`build`), listings of `keytool` (`keytool`), the PEM files into which Cisco's procedure
splits such a run (`pieces`), and cases of `sestriage probe` (`probe`).
"""

from sestriage.formats.transcript.detect import looks_like_transcript as looks_like_transcript
